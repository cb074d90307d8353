"""`auth`: from here on the customer is proven to be who they are; otherwise the system flow `login` runs first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from core.dialog.program import Edge, Requirement, Step
from core.dialog.schema import Duration, StepModel, Target
from core.dialog.turns.calls import has_auth
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

LOGIN_FLOW: Final = "login"
# The customer left the login: that is no failed login, and the flow that needed it ends the same way.
GIVEN_UP: Final = frozenset(("cancelled", "expired"))

EXAMPLE: Final = """
- id: login
  auth: otp                                 # none, phone, otp or card
  fresh: 5m                                 # default: that of the flow
  else: {handoff: security}                 # when the login failed; without it the flow ends
"""


class AuthStepModel(StepModel):
    auth: str
    fresh: Duration | None = None
    otherwise: Target | None = Field(default=None, alias="else")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthStep(Step):
    requirement: Requirement
    then: str
    otherwise: str | None

    kind: ClassVar[str] = "auth"

    def enter(self, work: Work) -> None:
        if has_auth(work, self.requirement):
            work.go("pass", self.then)
        else:
            work.begin(LOGIN_FLOW, {"level": self.requirement.level}, sub=True)

    def returned(self, work: Work, outcome: str, values: Mapping[str, Any]) -> None:
        if has_auth(work, self.requirement):
            work.go("pass", self.then)
        elif outcome in GIVEN_UP:
            work.took(outcome)
            work.end(outcome)
        elif self.otherwise is not None:
            work.go("else", self.otherwise)
        else:
            work.took("else")
            work.end("failed")

    def edges(self) -> Iterable[Edge]:
        yield Edge("pass", self.then, grants=self.requirement.level)
        yield Edge("else", self.otherwise)


def compile_auth(model: AuthStepModel, builder: Builder) -> AuthStep:
    return AuthStep(
        id=model.id,
        mark=builder.mark(),
        requirement=builder.requirement(model.auth, model.fresh, "auth"),
        then=builder.following,
        otherwise=builder.target(model.otherwise, "else") if model.otherwise is not None else None,
    )
