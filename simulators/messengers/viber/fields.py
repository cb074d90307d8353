"""Methods, message types and keyboards of Viber's REST Bot API as tables.

Source: github.com/Viber/creators-hub, docs/bots-api (data-models/message, resources/messaging/keyboards).
"""

from __future__ import annotations

from typing import Final

from simulators.messengers.shapes import Shapes

# `from` and `chat_id` belong to public and group chats; the official Python library may write them.
_COMMON: Final = (
    "auth_token:String from:String chat_id:String receiver:String min_api_version:Integer sender:Sender! "
    "tracking_data:String alt_text:String "
)
_TYPED: Final = _COMMON + "type:String! keyboard:Keyboard "

MESSAGE_TYPES: Final[dict[str, str]] = {
    "text": "text:String!",
    "picture": "text:String! media:String! thumbnail:String",
    "video": "text:String media:String! size:Integer! thumbnail:String duration:Integer",
    "file": "media:String! size:Integer! file_name:String!",
    "contact": "contact:Contact!",
    "location": "location:Location!",
    "url": "media:String!",
    "sticker": "sticker_id:Integer|String!",
    "rich_media": "rich_media:RichMedia!",
}

EVENT_TYPES: Final = frozenset(
    {
        "webhook", "message", "subscribed", "unsubscribed", "delivered", "seen", "failed", "conversation_started",
        "client_status", "action",
    }
)  # fmt: skip
ALWAYS_SENT: Final = frozenset({"webhook", "message", "subscribed", "unsubscribed"})

SHAPES: Final = Shapes(
    {
        **{f"message {name}": _TYPED + line for name, line in MESSAGE_TYPES.items()},
        "message keyboard": _COMMON + "keyboard:Keyboard!",
        "set_webhook": "auth_token:String url:String! event_types:String[] send_name:Boolean send_photo:Boolean "
        "is_inline:Boolean",
        "get_account_info": "auth_token:String",
        "get_user_details": "auth_token:String id:String!",
        "Sender": "name:String! avatar:String",
        "Contact": "name:String! phone_number:String! avatar:String",
        "Location": "lat:Float! lon:Float!",
        "Keyboard": "Type:String! Buttons:Button[]! BgColor:String DefaultHeight:Boolean CustomDefaultHeight:Integer "
        "HeightScale:Integer ButtonsGroupColumns:Integer ButtonsGroupRows:Integer InputFieldState:String "
        "FavoritesMetadata:FavoritesMetadata",
        "RichMedia": "Type:String! Buttons:Button[]! BgColor:String ButtonsGroupColumns:Integer "
        "ButtonsGroupRows:Integer HeightScale:Integer FavoritesMetadata:FavoritesMetadata",
        "FavoritesMetadata": "type:String! url:String! title:String thumbnail:String domain:String width:Integer "
        "height:Integer alternativeUrl:String alternativeText:String",
        "Button": "Columns:Integer Rows:Integer BgColor:String Silent:Boolean BgMediaType:String BgMedia:String "
        "BgMediaScaleType:String ImageScaleType:String BgLoop:Boolean ActionType:String ActionBody:String! "
        "Image:String Text:String TextVAlign:String TextHAlign:String TextPaddings:Integer[] TextOpacity:Integer "
        "TextSize:String OpenURLType:String OpenURLMediaType:String TextBgGradientColor:String TextShouldFit:Boolean "
        "InternalBrowser:InternalBrowser Map:Map Frame:Frame MediaPlayer:MediaPlayer",
        "InternalBrowser": "ActionButton:String ActionPredefinedURL:String TitleType:String CustomTitle:String "
        "Mode:String FooterType:String ActionReplyData:String",
        "Map": "Latitude:Float|String Longitude:Float|String",
        "Frame": "BorderWidth:Integer BorderColor:String CornerRadius:Integer",
        "MediaPlayer": "Title:String Subtitle:String ThumbnailURL:String Loop:Boolean",
    },
    null_is_absent=True,
)

ACTION_TYPES: Final = frozenset({"reply", "open-url", "location-picker", "share-phone", "none"})

# Fields of a button or its parts that take one of a few words, those of the documentation's tables and of its examples.
WORDS: Final[dict[str, frozenset[str]]] = {
    "ActionType": ACTION_TYPES,
    "BgMediaType": frozenset({"picture", "gif"}),
    "BgMediaScaleType": frozenset({"crop", "fill", "fit"}),
    "ImageScaleType": frozenset({"crop", "fill", "fit"}),
    "TextVAlign": frozenset({"top", "middle", "bottom"}),
    "TextHAlign": frozenset({"left", "center", "middle", "right"}),
    "TextSize": frozenset({"small", "regular", "medium", "large"}),
    "OpenURLType": frozenset({"internal", "external"}),
    "OpenURLMediaType": frozenset({"not-media", "video", "gif", "picture", "audio"}),
    "InputFieldState": frozenset({"regular", "minimized", "hidden"}),
    "ActionButton": frozenset({"forward", "send", "open-externally", "send-to-bot", "none"}),
    "TitleType": frozenset({"domain", "default"}),
    "Mode": frozenset({"fullscreen", "fullscreen-portrait", "fullscreen-landscape", "partial-size"}),
    "FooterType": frozenset({"default", "hidden"}),
}

# Fields that take a number of a range; ends included.
RANGES: Final[dict[str, tuple[int, int]]] = {
    "Columns": (1, 6),
    "TextOpacity": (0, 100),
    "BorderWidth": (0, 10),
    "CornerRadius": (0, 10),
    "CustomDefaultHeight": (40, 70),
    "HeightScale": (20, 100),
    "ButtonsGroupColumns": (1, 6),
}

# The API level that a field or an action needs; `min_api_version` must be at least that.
LEVELS: Final[dict[str, int]] = {
    "share-phone": 3, "location-picker": 3, "InternalBrowser": 3, "CustomDefaultHeight": 3, "HeightScale": 3,
    "ButtonsGroupColumns": 4, "ButtonsGroupRows": 4, "InputFieldState": 4, "TextPaddings": 4, "TextShouldFit": 6,
    "BgMediaScaleType": 6, "ImageScaleType": 6, "Map": 6, "Frame": 6, "MediaPlayer": 6, "FavoritesMetadata": 6,
}  # fmt: skip

PICTURE_SUFFIXES: Final = (".jpeg", ".jpg", ".png", ".gif")
FORBIDDEN_SUFFIXES: Final = frozenset(
    (
        ".action .apk .app .bat .bin .cmd .com .command .cpl .csh .exe .gadget .inf1 .ins .inx .ipa .isu .job .jse "
        ".ksh .lnk .msc .msi .msp .mst .osx .out .paf .pif .ps1 .reg .rgs .run .sct .shb .shs .u3p .vb .vbe .vbs "
        ".vbscript .workflow .ws .wsf"
    ).split()
)
