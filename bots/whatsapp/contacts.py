"""Contact cards of WhatsApp and what they prove.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/contacts
"""

from __future__ import annotations

from collections.abc import Sequence

from bots.phone import e164
from bots.whatsapp.wire import Card, Phone
from core.dialog.contracts import Contact, Proof


def contact_of(cards: Sequence[Card], sender: str) -> Contact | None:
    """The first card with a number. `sender`: the digits of the sender's own number, "" when WhatsApp hides it.

    Only the answer to our request proves anything, and only by the entry with a `wa_id`, which WhatsApp itself adds;
    the other numbers of a card are what somebody wrote there.
    """
    for card in cards:
        phones = [phone for phone in card.phones or () if phone.wa_id or phone.phone]
        known = [phone for phone in phones if phone.wa_id]
        for phone in [*known, *phones][:1]:
            name = (card.name and (card.name.formatted_name or card.name.first_name)) or ""
            return Contact(phone=_number(phone), name=name, proof=_proof(card, phone, sender))
    return None


def _number(phone: Phone) -> str:
    return e164(f"+{phone.wa_id}") if phone.wa_id else e164(phone.phone or "")


def _proof(card: Card, phone: Phone, sender: str) -> Proof:
    is_known = phone.wa_id is not None
    if is_known and sender and str(phone.wa_id) != sender:
        return "foreign"
    return "own" if is_known and card.origin == "contact_request" else "unproven"
