"""Published flows: revisions by their hash, releases, and the revisions that were stopped.

Revision ID: 0004
Create Date: 2026-11-25
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = [
    """
    CREATE TABLE flow_revision (
        hash text PRIMARY KEY,
        flow text NOT NULL,
        policy text NOT NULL CHECK (policy IN ('pin', 'follow', 'restart')),
        spec text NOT NULL,
        files json NOT NULL,
        published_at timestamptz NOT NULL,
        published_by text NOT NULL
    )""",
    """
    CREATE TABLE flow_release (
        number int PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('publish', 'rollback', 'start', 'watch')),
        of_release int,
        manifest json NOT NULL,
        engine json NOT NULL,
        engine_hash text NOT NULL,
        note text NOT NULL,
        published_at timestamptz NOT NULL,
        published_by text NOT NULL,
        state text NOT NULL CHECK (state IN ('current', 'past', 'pruned')),
        ended_at timestamptz
    )""",
    "CREATE UNIQUE INDEX flow_release_current ON flow_release (state) WHERE state = 'current'",
    """
    CREATE TABLE flow_retired (
        hash text PRIMARY KEY,
        flow text NOT NULL,
        reason text NOT NULL,
        retired_at timestamptz NOT NULL,
        retired_by text NOT NULL
    )""",
]


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    for table in ("flow_retired", "flow_release", "flow_revision"):
        op.execute(f"DROP TABLE {table}")
