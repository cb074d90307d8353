"""Calls and messages of the Messenger Platform as tables (developers.facebook.com/docs/messenger-platform/reference).

Narrower than the platform: a recipient is named by its page-scoped id only, and receipt, coupon, product and customer
feedback templates are not taken.
"""

from __future__ import annotations

from typing import Final

from simulators.messengers.shapes import Shapes

SHAPES: Final = Shapes(
    {
        "messages": "recipient:Recipient! messaging_type:String message:Message sender_action:String tag:String "
        "notification_type:String payload:Target",
        "message_attachments": "message:Message!",
        "messenger_profile": "get_started:Start greeting:Greeting[] persistent_menu:Menu[] ice_breakers:IceBreakers[] "
        "whitelisted_domains:String[] account_linking_url:String commands:Commands[]",
        "fields": "fields:String|String[]!",
        "subscribed_apps": "subscribed_fields:String|String[]!",
        "list": "fields:String",
        "take_thread_control": "recipient:Recipient! metadata:String",
        "pass_thread_control": "recipient:Recipient! target_app_id:Integer|String! metadata:String",
        "Recipient": "id:String!",
        "Target": "message_id:String! reaction:String",
        "Message": "text:String attachment:Attachment quick_replies:QuickReply[] metadata:String reply_to:Original "
        "template:Template",
        "Original": "mid:String!",
        "QuickReply": "content_type:String! title:String payload:String image_url:String",
        "Attachment": "type:String! payload:Payload!",
        # Every key that any payload has; which of them belong together is checked by `payload <type>`.
        "Payload": "url:String attachment_id:String is_reusable:Boolean template_type:String text:String "
        "buttons:Button[] elements:Element[] sharable:Boolean image_aspect_ratio:String",
        "payload file": "url:String attachment_id:String is_reusable:Boolean",
        "payload button": "template_type:String! text:String! buttons:Button[]! sharable:Boolean",
        "payload generic": "template_type:String! elements:Card[]! sharable:Boolean image_aspect_ratio:String",
        "payload media": "template_type:String! elements:MediaCard[]! sharable:Boolean",
        "Element": "title:String subtitle:String image_url:String default_action:Button buttons:Button[] "
        "media_type:String url:String attachment_id:String",
        "Card": "title:String! subtitle:String image_url:String default_action:Button buttons:Button[]",
        "MediaCard": "media_type:String! url:String attachment_id:String buttons:Button[]",
        "Button": "type:String! title:String payload:String url:String messenger_extensions:Boolean "
        "webview_height_ratio:String webview_share_button:String fallback_url:String",
        "button postback": "type:String! title:String! payload:String!",
        "button phone_number": "type:String! title:String! payload:String!",
        "button web_url": "type:String! title:String! url:String! messenger_extensions:Boolean "
        "webview_height_ratio:String webview_share_button:String fallback_url:String",
        "button default_action": "type:String! url:String! messenger_extensions:Boolean webview_height_ratio:String "
        "webview_share_button:String fallback_url:String",
        "button account_link": "type:String! url:String!",
        "button account_unlink": "type:String!",
        "Template": "name:String! language:Language! components:Component[]",
        "Language": "code:String!",
        "Component": "type:String! sub_type:String index:Integer|String parameters:Parameter[]",
        "Parameter": "type:String! text:String payload:String parameter_name:String",
        "Start": "payload:String!",
        "Greeting": "locale:String! text:String!",
        "Menu": "locale:String! composer_input_disabled:Boolean call_to_actions:Button[]",
        "IceBreakers": "locale:String call_to_actions:Question[]!",
        "Question": "question:String! payload:String!",
        "Commands": "locale:String! commands:Command[]!",
        "Command": "name:String! description:String!",
    },
    null_is_absent=False,
)

MESSAGING_TYPES: Final = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"})
SENDER_ACTIONS: Final = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
FILE_TYPES: Final = frozenset({"image", "audio", "video", "file"})
TEMPLATE_TYPES: Final = frozenset({"button", "generic", "media"})
BUTTON_TYPES: Final = frozenset({"postback", "web_url", "phone_number", "account_link", "account_unlink"})
MENU_TYPES: Final = frozenset({"postback", "web_url"})
HEIGHTS: Final = frozenset({"compact", "tall", "full"})
NOTIFICATIONS: Final = frozenset({"REGULAR", "SILENT_PUSH", "NO_PUSH"})
# Only people who answer in person may still use a tag.
TAGS: Final = frozenset({"HUMAN_AGENT"})

WEBHOOK_FIELDS: Final = frozenset(
    {
        "messages", "messaging_postbacks", "messaging_referrals", "messaging_optins", "message_deliveries",
        "message_reads", "message_echoes", "message_reactions", "message_edits", "messaging_handovers", "standby",
        "messaging_account_linking", "messaging_policy_enforcement", "feed",
    }
)  # fmt: skip

# The subscription that an event needs, by the key that tells its kind.
FIELD_OF: Final = {
    "message": "messages",
    "echo": "message_echoes",
    "postback": "messaging_postbacks",
    "referral": "messaging_referrals",
    "optin": "messaging_optins",
    "delivery": "message_deliveries",
    "read": "message_reads",
    "reaction": "message_reactions",
    "message_edit": "message_edits",
    "pass_thread_control": "messaging_handovers",
    "take_thread_control": "messaging_handovers",
    "request_thread_control": "messaging_handovers",
    "app_roles": "messaging_handovers",
    "account_linking": "messaging_account_linking",
    "policy_enforcement": "messaging_policy_enforcement",
}
