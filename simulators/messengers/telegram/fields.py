"""Methods and objects of Telegram's Bot API 10.1 that are simulated, as tables.

Source: core.telegram.org/bots/api; the machine-readable form at github.com/PaulSonOfLars/telegram-bot-api-spec.
`InputFile` is a part of a multipart body, a `file_id` or a URL, so its kind is checked where the file is resolved.
"""

from __future__ import annotations

from typing import Final

from simulators.messengers.shapes import Field, Shapes, read_table

_REPLY_MARKUP: Final = "reply_markup:InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply"

# What sendMessage, sendPhoto and sendDocument have in common.
_SENDING: Final = (
    "business_connection_id:String chat_id:Integer|String! message_thread_id:Integer direct_messages_topic_id:Integer "
    "disable_notification:Boolean protect_content:Boolean allow_paid_broadcast:Boolean message_effect_id:String "
    f"suggested_post_parameters:SuggestedPostParameters reply_parameters:ReplyParameters {_REPLY_MARKUP} "
)
_CAPTION: Final = "caption:String parse_mode:String caption_entities:MessageEntity[] "
_EDITING: Final = (
    "business_connection_id:String chat_id:Integer|String message_id:Integer inline_message_id:String "
    "reply_markup:InlineKeyboardMarkup "
)

METHODS: Final[dict[str, dict[str, Field]]] = {
    name: read_table(line)
    for name, line in {
        "getMe": "",
        "getUpdates": "offset:Integer limit:Integer timeout:Integer allowed_updates:String[]",
        "setWebhook": "url:String! certificate:InputFile ip_address:String max_connections:Integer "
        "allowed_updates:String[] drop_pending_updates:Boolean secret_token:String",
        "deleteWebhook": "drop_pending_updates:Boolean",
        "getWebhookInfo": "",
        "sendMessage": _SENDING + "text:String! parse_mode:String entities:MessageEntity[] "
        "link_preview_options:LinkPreviewOptions",
        "sendPhoto": _SENDING
        + _CAPTION
        + "photo:InputFile|String! show_caption_above_media:Boolean has_spoiler:Boolean",
        "sendDocument": _SENDING + _CAPTION + "document:InputFile|String! thumbnail:InputFile|String "
        "disable_content_type_detection:Boolean",
        "editMessageText": _EDITING + "text:String! parse_mode:String entities:MessageEntity[] "
        "link_preview_options:LinkPreviewOptions",
        "editMessageReplyMarkup": _EDITING,
        "deleteMessage": "chat_id:Integer|String! message_id:Integer!",
        "answerCallbackQuery": "callback_query_id:String! text:String show_alert:Boolean url:String cache_time:Integer",
        "sendChatAction": "business_connection_id:String chat_id:Integer|String! message_thread_id:Integer "
        "action:String!",
        "setMyCommands": "commands:BotCommand[]! scope:BotCommandScope language_code:String",
        "getMyCommands": "scope:BotCommandScope language_code:String",
        "setChatMenuButton": "chat_id:Integer menu_button:MenuButton",
        "getFile": "file_id:String!",
    }.items()
}

SHAPES: Final = Shapes(
    {
        "InlineKeyboardMarkup": "inline_keyboard:InlineKeyboardButton[][]!",
        "InlineKeyboardButton": "text:String! icon_custom_emoji_id:String style:String url:String callback_data:String "
        "web_app:WebAppInfo login_url:LoginUrl switch_inline_query:String switch_inline_query_current_chat:String "
        "switch_inline_query_chosen_chat:SwitchInlineQueryChosenChat copy_text:CopyTextButton "
        "callback_game:CallbackGame pay:Boolean",
        "WebAppInfo": "url:String!",
        "LoginUrl": "url:String! forward_text:String bot_username:String request_write_access:Boolean",
        "SwitchInlineQueryChosenChat": "query:String allow_user_chats:Boolean allow_bot_chats:Boolean "
        "allow_group_chats:Boolean allow_channel_chats:Boolean",
        "CopyTextButton": "text:String!",
        "CallbackGame": "",
        "ReplyKeyboardMarkup": "keyboard:KeyboardButton[][]|String[][]! is_persistent:Boolean resize_keyboard:Boolean "
        "one_time_keyboard:Boolean input_field_placeholder:String selective:Boolean",
        "KeyboardButton": "text:String! icon_custom_emoji_id:String style:String "
        "request_users:KeyboardButtonRequestUsers request_chat:KeyboardButtonRequestChat "
        "request_managed_bot:KeyboardButtonRequestManagedBot request_contact:Boolean request_location:Boolean "
        "request_poll:KeyboardButtonPollType web_app:WebAppInfo",
        "KeyboardButtonRequestUsers": "request_id:Integer! user_is_bot:Boolean user_is_premium:Boolean "
        "max_quantity:Integer request_name:Boolean request_username:Boolean request_photo:Boolean",
        "KeyboardButtonRequestChat": "request_id:Integer! chat_is_channel:Boolean! chat_is_forum:Boolean "
        "chat_has_username:Boolean chat_is_created:Boolean user_administrator_rights:ChatAdministratorRights "
        "bot_administrator_rights:ChatAdministratorRights bot_is_member:Boolean request_title:Boolean "
        "request_username:Boolean request_photo:Boolean",
        "ChatAdministratorRights": "is_anonymous:Boolean! can_manage_chat:Boolean! can_delete_messages:Boolean! "
        "can_manage_video_chats:Boolean! can_restrict_members:Boolean! can_promote_members:Boolean! "
        "can_change_info:Boolean! can_invite_users:Boolean! can_post_stories:Boolean! can_edit_stories:Boolean! "
        "can_delete_stories:Boolean! can_post_messages:Boolean can_edit_messages:Boolean can_pin_messages:Boolean "
        "can_manage_topics:Boolean can_manage_direct_messages:Boolean can_manage_tags:Boolean",
        "KeyboardButtonRequestManagedBot": "request_id:Integer! suggested_name:String suggested_username:String",
        "KeyboardButtonPollType": "type:String",
        "ReplyKeyboardRemove": "remove_keyboard:Boolean! selective:Boolean",
        "ForceReply": "force_reply:Boolean! input_field_placeholder:String selective:Boolean",
        "MessageEntity": "type:String! offset:Integer! length:Integer! url:String user:User language:String "
        "custom_emoji_id:String unix_time:Integer date_time_format:String",
        "User": "id:Integer! is_bot:Boolean! first_name:String! last_name:String username:String language_code:String "
        "is_premium:Boolean added_to_attachment_menu:Boolean can_join_groups:Boolean "
        "can_read_all_group_messages:Boolean supports_guest_queries:Boolean supports_inline_queries:Boolean "
        "can_connect_to_business:Boolean has_main_web_app:Boolean has_topics_enabled:Boolean "
        "allows_users_to_create_topics:Boolean can_manage_bots:Boolean supports_join_request_queries:Boolean",
        "LinkPreviewOptions": "is_disabled:Boolean url:String prefer_small_media:Boolean prefer_large_media:Boolean "
        "show_above_text:Boolean",
        "ReplyParameters": "message_id:Integer! chat_id:Integer|String allow_sending_without_reply:Boolean "
        "quote:String quote_parse_mode:String quote_entities:MessageEntity[] quote_position:Integer "
        "checklist_task_id:Integer poll_option_id:String",
        "BotCommand": "command:String! description:String!",
        "BotCommandScope": "type:String! chat_id:Integer|String user_id:Integer",
        "MenuButton": "type:String! text:String web_app:WebAppInfo",
        "SuggestedPostParameters": "price:SuggestedPostPrice send_date:Integer",
        "SuggestedPostPrice": "currency:String! amount:Integer!",
    },
    null_is_absent=False,
)

# The fields that each variant of a scope or a menu button has besides `type`; all of them are required.
SCOPES: Final[dict[str, frozenset[str]]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": frozenset({"chat_id"}),
    "chat_administrators": frozenset({"chat_id"}),
    "chat_member": frozenset({"chat_id", "user_id"}),
}
MENU_BUTTONS: Final[dict[str, frozenset[str]]] = {
    "commands": frozenset(),
    "default": frozenset(),
    "web_app": frozenset({"text", "web_app"}),
}

CHAT_ACTIONS: Final = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
        "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip

ENTITY_TYPES: Final = frozenset(
    {
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
        "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
        "custom_emoji", "date_time",
    }
)  # fmt: skip

# Updates that a webhook gets only when it lists them.
UPDATES_BY_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

INLINE_ACTIONS: Final = frozenset(
    {
        "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
    }
)  # fmt: skip
REPLY_ACTIONS: Final = frozenset(
    {
        "request_users", "request_chat", "request_managed_bot", "request_contact", "request_location", "request_poll",
        "web_app",
    }
)  # fmt: skip
BUTTON_STYLES: Final = frozenset({"danger", "success", "primary"})
