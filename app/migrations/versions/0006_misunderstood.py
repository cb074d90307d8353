"""What customers wrote and nobody understood, without who wrote it.

Revision ID: 0006
Create Date: 2026-11-25
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# `chosen` is "" for the phrase itself, and otherwise what was picked when the customer was asked which flow is meant.
_TABLE = """
CREATE TABLE misunderstood (
    phrase text NOT NULL,
    chosen text NOT NULL DEFAULT '',
    times int NOT NULL,
    last_on date NOT NULL,
    PRIMARY KEY (phrase, chosen)
)"""


def upgrade() -> None:
    op.execute(_TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE misunderstood")
