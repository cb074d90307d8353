"""The page's Messenger profile: Get Started, menu, greeting, ice breakers, domains.

Source: developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api.
"""

from __future__ import annotations

from typing import Any, Final

from simulators.messengers.messenger.fields import MENU_TYPES, SHAPES
from simulators.messengers.messenger.messages import (
    PAYLOAD_MAX,
    check_button,
    check_choice,
    check_length,
    check_shape,
    host_of,
)
from simulators.messengers.messenger.refusal import NEEDS_GET_STARTED, PARAMETER, bad, refuse

MENU_MAX: Final = 20
MENU_TITLE_MAX: Final = 30
GREETING_MAX: Final = 160
QUESTIONS_MAX: Final = 4
QUESTION_MAX: Final = 80
DOMAINS_MAX: Final = 50


class Profile:
    def __init__(self) -> None:
        self._settings: dict[str, Any] = {}

    @property
    def domains(self) -> frozenset[str]:
        return frozenset(self._settings.get("whitelisted_domains", []))

    @property
    def get_started(self) -> str:
        """The payload of the button that opens a conversation, "" if there is none."""
        return str(self._settings.get("get_started", {}).get("payload", ""))

    @property
    def menu(self) -> list[dict[str, Any]]:
        """The menu that everybody sees who has no menu in their own language."""
        menus = self._settings.get("persistent_menu", [])
        return next((list(menu.get("call_to_actions", [])) for menu in menus if menu["locale"] == "default"), [])

    def set(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Raises `Refusal`; then nothing is set."""
        check_shape(fields, "messenger_profile")
        if not fields:
            raise bad("At least one property of the profile is required")
        domains = [_origin(domain) for domain in fields.get("whitelisted_domains", [])]
        if len(domains) > DOMAINS_MAX:
            raise bad(f"up to {DOMAINS_MAX} domains")
        if "get_started" in fields:
            check_length("get_started[payload]", fields["get_started"]["payload"], PAYLOAD_MAX)
        _check_texts(fields)
        if "persistent_menu" in fields:
            self._check_menu(fields, frozenset(domains) | self.domains)
        self._settings |= fields | ({"whitelisted_domains": domains} if domains else {})
        return {"result": "success"}

    def _check_menu(self, fields: dict[str, Any], domains: frozenset[str]) -> None:
        if not self.get_started and "get_started" not in fields:
            raise refuse(PARAMETER, subcode=NEEDS_GET_STARTED)
        _check_locales([menu["locale"] for menu in fields["persistent_menu"]])
        for menu in fields["persistent_menu"]:
            items = menu.get("call_to_actions", [])
            if len(items) > MENU_MAX or (not items and not menu.get("composer_input_disabled")):
                raise bad(f"A menu has 1 to {MENU_MAX} items")
            for item in items:
                check_button(item, domains, MENU_TYPES, MENU_TITLE_MAX)

    def shown(self, names: str | list[str]) -> dict[str, Any]:
        chosen = _names(names)
        known = {name: value for name, value in self._settings.items() if name in chosen}
        return {"data": [known] if known else []}

    def remove(self, names: str | list[str]) -> dict[str, Any]:
        chosen = _names(names)
        if "get_started" in chosen and "persistent_menu" in self._settings.keys() - chosen:
            raise refuse(PARAMETER, subcode=NEEDS_GET_STARTED)
        for name in chosen:
            self._settings.pop(name, None)
        return {"result": "success"}


def _names(names: str | list[str]) -> set[str]:
    chosen = set(names.split(",") if isinstance(names, str) else names)
    for name in chosen:
        check_choice("fields", name, SHAPES.fields("messenger_profile").keys())
    return chosen


def _origin(domain: str) -> str:
    return host_of("whitelisted_domains", domain, secure=True)


def _check_locales(locales: list[str]) -> None:
    if "default" not in locales:
        raise bad("The default locale is required")
    if len(set(locales)) != len(locales):
        raise bad("Every locale may appear once")


def _check_texts(fields: dict[str, Any]) -> None:
    if "greeting" in fields:
        _check_locales([greeting["locale"] for greeting in fields["greeting"]])
        for greeting in fields["greeting"]:
            check_length("greeting[text]", greeting["text"], GREETING_MAX)
    for breakers in fields.get("ice_breakers", []):
        if not 1 <= len(breakers["call_to_actions"]) <= QUESTIONS_MAX:
            raise bad(f"1 to {QUESTIONS_MAX} ice breakers")
        for question in breakers["call_to_actions"]:
            check_length("ice_breakers[question]", question["question"], QUESTION_MAX)
            check_length("ice_breakers[payload]", question["payload"], PAYLOAD_MAX)
    if "account_linking_url" in fields:
        host_of("account_linking_url", fields["account_linking_url"], secure=True)
