"""How a reply is read: one rule per field of the platform's JSON, written in a system's YAML."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["text", "int", "bool", "code", "yes_no", "minor", "money", "time", "local_time", "local_date"]

_SHORT: Final = re.compile(r"([^?|\s]+)(\?)?(?:\s*\|\s*([a-z_]+))?")


class Rule(BaseModel):
    """`at`: path of the one node; `each`: path of the nodes of a list, also when there is one or none.

    Paths: `Ext/K`, `@dc`, `Sum/@ccy`, `../@ccy`, `.`; in JSON `payee_check/result`. `fields` makes an object of the
    node, otherwise `as` reads its text (`code`: a word in capitals becomes small letters). `currency`: path of the
    currency of a `minor` or `money` in XML. `values` translates text and refuses any other. `optional` lets the node
    be absent; the field is absent then, too.

    Short forms: `IBAN`, `rrn?` (optional), `Booked|local_time`, `Since?|local_date`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    at: str = ""
    each: str = ""
    kind: Kind = Field(default="text", alias="as")
    currency: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    fields_: dict[str, Rule] = Field(default_factory=dict, alias="fields")
    optional: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = _SHORT.fullmatch(value)
        if match is None:
            raise ValueError(f"expected path, path? or path|kind, got {value!r}")
        return {"at": match[1], "optional": bool(match[2]), "as": match[3] or "text"}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Rule:
        if bool(self.at) == bool(self.each):
            raise ValueError("exactly one of `at` and `each` is needed")
        if self.values and self.kind != "text":
            raise ValueError("`values` translates text only")
        if self.fields_ and (self.kind != "text" or self.values):
            raise ValueError("a rule with `fields` makes an object and takes neither `as` nor `values`")
        return self

    @property
    def path(self) -> str:
        return self.at or self.each
