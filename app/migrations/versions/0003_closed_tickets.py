"""Tickets can be closed, and their conversations are told: when, with which note, and whether that is still to be done.

Revision ID: 0003
Create Date: 2026-11-25
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only columns that may be left out: the version before this one goes on writing tickets without them.
    op.execute("""
        ALTER TABLE ticket
            ADD COLUMN closed_at timestamptz,
            ADD COLUMN tell_at timestamptz,
            ADD COLUMN note text NOT NULL DEFAULT ''""")
    op.execute("CREATE INDEX ticket_to_tell ON ticket (tell_at) WHERE tell_at IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP INDEX ticket_to_tell")
    op.execute("ALTER TABLE ticket DROP COLUMN closed_at, DROP COLUMN tell_at, DROP COLUMN note")
