"""Messages and settings of WhatsApp's Cloud API as tables.

Source: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages; the machine-readable form at
github.com/facebook/openapi (its leaf schemas).
"""

from __future__ import annotations

from typing import Final

from simulators.messengers.shapes import Shapes

_COMMON: Final = (
    "messaging_product:String! recipient_type:String to:String recipient:String type:String context:Reply "
    "biz_opaque_callback_data:String "
)
_CONTENT: Final[dict[str, str]] = {
    "text": "text:Text!",
    "image": "image:Image!",
    "video": "video:Image!",
    "audio": "audio:Audio!",
    "document": "document:Document!",
    "sticker": "sticker:Media!",
    "location": "location:Location!",
    "contacts": "contacts:Contact[]!",
    "reaction": "reaction:Reaction!",
    "interactive": "interactive:Interactive!",
    "template": "template:Template!",
}
MESSAGE_TYPES: Final = frozenset(_CONTENT)
MEDIA_TYPES: Final = frozenset({"image", "video", "audio", "document", "sticker"})

# The table of an interactive message's `action`, by the message's type.
ACTIONS: Final[dict[str, str]] = {
    "button": "buttons:Button[]!",
    "list": "button:String! sections:Section[]!",
    "cta_url": "name:String! parameters:Link!",
    "request_contact_info": "name:String!",
    "location_request_message": "name:String!",
    "flow": "name:String! parameters:Flow!",
}
ACTION_NAMES: Final = {
    "cta_url": "cta_url",
    "request_contact_info": "request_contact_info",
    "location_request_message": "send_location",
    "flow": "flow",
}

SHAPES: Final = Shapes(
    {
        **{f"message {name}": _COMMON + line for name, line in _CONTENT.items()},
        **{f"action {name}": line for name, line in ACTIONS.items()},
        "mark": "messaging_product:String! status:String! message_id:String! typing_indicator:Typing",
        "media": "messaging_product:String! type:String",
        "get media": "phone_number_id:String",
        "conversational_automation": "enable_welcome_message:Boolean prompts:String[] commands:Command[]",
        "subscribe account": "override_callback_uri:String verify_token:String",
        "create template": "name:String! language:String! category:String! components:TemplateComponent[]! "
        "parameter_format:String allow_category_change:Boolean message_send_ttl_seconds:Integer",
        "public key": "business_public_key:String!",
        "list": "fields:String limit:Integer|String name:String after:String before:String status:String",
        "TemplateComponent": "type:String! text:String format:String buttons:TemplateButton[] example:Anything "
        "add_security_recommendation:Boolean code_expiration_minutes:Integer",
        "TemplateButton": "type:String! text:String url:String phone_number:String otp_type:String flow_id:String "
        "navigate_screen:String flow_action:String example:String|String[]",
        "Typing": "type:String!",
        "Command": "command_name:String! command_description:String!",
        "Reply": "message_id:String!",
        "Text": "body:String! preview_url:Boolean",
        "Media": "id:String link:String",
        "Image": "id:String link:String caption:String",
        "Audio": "id:String link:String voice:Boolean",
        "Document": "id:String link:String caption:String filename:String",
        "Location": "latitude:Float|String! longitude:Float|String! name:String address:String",
        "Contact": "name:Name! phones:Phone[] emails:Email[] addresses:Address[] urls:Url[] org:Organization "
        "birthday:String",
        "Name": "formatted_name:String! first_name:String last_name:String middle_name:String suffix:String "
        "prefix:String",
        "Phone": "phone:String type:String wa_id:String",
        "Email": "email:String type:String",
        "Url": "url:String type:String",
        "Organization": "company:String department:String title:String",
        "Address": "street:String city:String state:String zip:String country:String country_code:String type:String",
        "Reaction": "message_id:String! emoji:String!",
        "Interactive": "type:String! header:Header body:Line footer:Line action:Action!",
        "Header": "type:String! text:String image:Media video:Media document:HeaderDocument",
        "HeaderDocument": "id:String link:String filename:String",
        "Line": "text:String!",
        # Every key that any action has; which of them belong together is checked by `action <type>`.
        "Action": "button:String sections:Section[] buttons:Button[] name:String parameters:Link|Flow",
        "Button": "type:String! reply:Choice!",
        "Choice": "id:String! title:String!",
        "Section": "title:String rows:Row[]!",
        "Row": "id:String! title:String! description:String",
        "Link": "display_text:String! url:String!",
        "Flow": "flow_message_version:String! flow_id:String flow_name:String flow_cta:String! flow_token:String "
        "flow_action:String flow_action_payload:FlowScreen mode:String",
        "FlowScreen": "screen:String data:Anything",
        "Template": "name:String! language:Language! components:Component[]",
        "Language": "code:String! policy:String",
        "Component": "type:String! sub_type:String index:Integer|String parameters:Parameter[]",
        "Parameter": "type:String! text:String parameter_name:String payload:String image:Media video:Media "
        "document:HeaderDocument currency:Currency date_time:DateTime coupon_code:String action:FlowStart",
        "Currency": "fallback_value:String! code:String! amount_1000:Integer!",
        "DateTime": "fallback_value:String!",
        "FlowStart": "flow_token:String flow_action_data:Anything",
    },
    null_is_absent=False,
    free=("Anything",),
)

WEBHOOK_FIELDS: Final = frozenset(
    {
        "messages", "message_template_status_update", "account_update", "account_alerts", "phone_number_quality_update",
        "phone_number_name_update", "message_template_quality_update", "message_echoes", "smb_message_echoes", "flows",
        "security", "user_preferences", "user_id_update",
    }
)  # fmt: skip

# Media types that can be uploaded, and what they are sent as.
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MIME_TYPES: Final[dict[str, frozenset[str]]] = {
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "sticker": frozenset({"image/webp"}),
    "document": frozenset(
        {
            "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint", f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet",
            f"{_OFFICE}.presentationml.presentation",
        }
    ),
}  # fmt: skip
MAX_BYTES: Final[dict[str, int]] = {
    "audio": 16 << 20,
    "image": 5 << 20,
    "video": 16 << 20,
    "sticker": 500 << 10,
    "document": 100 << 20,
}
