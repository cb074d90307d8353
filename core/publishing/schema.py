"""What is published: revisions of flows, releases that name one revision of each, and who stands where."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from core.dialog.turns.revisions import Fate
from core.kernel.errors import TellerError

Policy = Literal["pin", "follow", "restart"]
Kind = Literal["publish", "rollback", "start", "watch"]
State = Literal["current", "past", "pruned"]
Files = dict[str, str]
"""Texts of files by their path within the folder of flows."""


class Revision(msgspec.Struct, frozen=True):
    """One flow as it was written: its file and its translations. `hash` covers everything that it does and says."""

    hash: str
    flow: str
    policy: Policy
    spec: str
    files: Files


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be published. `manifest`: the hash of each flow; `engine`: the files of the engine's texts."""

    manifest: dict[str, str]
    revisions: tuple[Revision, ...]
    engine: Files
    engine_hash: str


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release as it stands in the list. `of_release`: the one that a roll-back brought again.

    `kind`: published by a person, rolled back, the folder at the first start, or the folder that is watched.
    """

    number: int
    kind: Kind
    of_release: int | None
    manifest: dict[str, str]
    engine_hash: str
    note: str
    published_at: datetime
    published_by: str
    state: State


class Published(msgspec.Struct, frozen=True):
    """A release with everything that is needed to run it, as it was written."""

    release: Release
    files: Files


class Current(msgspec.Struct, frozen=True):
    """What every process must run: the number of the current release (0: nothing is published) and stopped hashes."""

    number: int
    retired: frozenset[str]


class Standing(msgspec.Struct, frozen=True):
    """How many people stand at one step of one revision. `policy` is "" where the revision is not kept.

    A flow that is only scheduled to begin has no revision yet and stands at step "".
    """

    flow: str
    revision: str
    step: str
    people: int
    policy: Policy | Literal[""] = ""


class Impact(msgspec.Struct, frozen=True):
    """What becomes of the people of one `Standing`; `to` is the step where they go on, where that is another one.

    `touched`: this very step was changed or removed.
    """

    standing: Standing
    fate: Fate
    to: str = ""
    touched: bool = False


class Retired(msgspec.Struct, frozen=True, kw_only=True):
    """A revision that an operator has stopped."""

    hash: str
    flow: str
    reason: str
    retired_at: datetime
    retired_by: str


class NothingPublished(TellerError):
    """There is no release yet."""

    code = "nothing_published"
    http_status = 404


class ReleaseUnknown(TellerError):
    """There is no release of this number, or it is so old that its flows were removed."""

    code = "release_unknown"
    http_status = 404


class ReleaseMoved(TellerError):
    """Somebody else has published in the meantime, so what was looked at is not what would be replaced."""

    code = "release_moved"
    http_status = 409


class RevisionRetired(TellerError):
    """A release would run a revision that was stopped."""

    code = "revision_retired"
    http_status = 409


class RevisionUnknown(TellerError):
    """No kept revision has this hash, or several hashes begin so."""

    code = "revision_unknown"
    http_status = 404


class RevisionRuns(TellerError):
    """The revision is the one that new conversations begin with; another release must take its place first."""

    code = "revision_runs"
    http_status = 409


class PeopleStranded(TellerError):
    """People stand on steps that a following flow does not have any more, and nothing says where they go on."""

    code = "people_stranded"
    http_status = 409
