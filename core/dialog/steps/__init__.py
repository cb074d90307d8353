"""The kinds of steps: one file each, with its model, how it compiles and runs, and its example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from core.dialog.program import Step
from core.dialog.schema import StepModel
from core.dialog.steps import (
    ask_model,
    auth,
    branch,
    call,
    confirm,
    end,
    go,
    handoff,
    run,
    say,
    set,
    unschedule,
    wait_model,
)

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder


@dataclass(frozen=True, slots=True)
class Kind:
    """`compile` takes an instance of `model`; None after a problem that leaves nothing to run."""

    verb: str
    model: type[StepModel]
    compile: Callable[[Any, Builder], Step | None]
    example: str


# In this order: what stands beside a verb further up, such as `end` beside `say`, is a part of that step.
KINDS: Final = {
    kind.verb: kind
    for kind in (
        Kind("ask", ask_model.AskModel, ask_model.compile_ask, ask_model.EXAMPLE),
        Kind("confirm", confirm.ConfirmModel, confirm.compile_confirm, confirm.EXAMPLE),
        Kind("call", call.CallModel, call.compile_call, call.EXAMPLE),
        Kind("wait", wait_model.WaitModel, wait_model.compile_wait, wait_model.EXAMPLE),
        Kind("branch", branch.BranchModel, branch.compile_branch, branch.EXAMPLE),
        Kind("set", set.SetModel, set.compile_set, set.EXAMPLE),
        Kind("run", run.RunModel, run.compile_run, run.EXAMPLE),
        Kind("unschedule", unschedule.UnscheduleModel, unschedule.compile_unschedule, unschedule.EXAMPLE),
        Kind("auth", auth.AuthStepModel, auth.compile_auth, auth.EXAMPLE),
        Kind("say", say.SayModel, say.compile_say, say.EXAMPLE),
        Kind("handoff", handoff.HandoffModel, handoff.compile_handoff, handoff.EXAMPLE),
        Kind("go", go.GoModel, go.compile_go, go.EXAMPLE),
        Kind("end", end.EndModel, end.compile_end, end.EXAMPLE),
    )
}
