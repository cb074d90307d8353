"""Tickets: conversations that wait for a person.

Revision ID: 0002
Create Date: 2026-11-22
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE ticket (
            id text PRIMARY KEY,
            conversation text NOT NULL,
            queue text NOT NULL,
            summary text NOT NULL,
            state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
            created_at timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX ticket_open ON ticket (queue, created_at) WHERE state = 'open'")


def downgrade() -> None:
    op.execute("DROP TABLE ticket")
