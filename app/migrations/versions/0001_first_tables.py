"""First tables: inbox, session, outbox, operation, journal, customers and bindings.

Revision ID: 0001
Create Date: 2026-11-22
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = [
    """
    CREATE TABLE inbox (
        channel text NOT NULL,
        dedupe_key text NOT NULL,
        conversation text NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (channel, dedupe_key)
    )""",
    """
    CREATE TABLE session (
        conversation text PRIMARY KEY,
        version bigint NOT NULL,
        state json NOT NULL,
        wake_at timestamptz,
        updated_at timestamptz NOT NULL
    ) WITH (fillfactor = 70)""",
    "CREATE INDEX session_wake ON session (wake_at) WHERE wake_at IS NOT NULL",
    """
    CREATE TABLE outbox (
        id text PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        conversation text NOT NULL,
        message json NOT NULL,
        state text NOT NULL DEFAULT 'ready'
            CHECK (state IN ('ready', 'sent', 'dead', 'unknown', 'dropped')),
        attempt int NOT NULL DEFAULT 0,
        part int NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        lease_owner text NOT NULL,
        lease_until timestamptz NOT NULL,
        platform_id text NOT NULL DEFAULT '',
        error text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL
    ) WITH (fillfactor = 70)""",
    "CREATE INDEX outbox_ready ON outbox (conversation, seq) WHERE state = 'ready'",
    """
    CREATE TABLE operation (
        id text PRIMARY KEY,
        conversation text NOT NULL,
        customer text NOT NULL,
        operation text NOT NULL,
        effect text NOT NULL CHECK (effect IN ('none', 'money', 'card')),
        lang text NOT NULL,
        args json NOT NULL,
        secrets text NOT NULL DEFAULT '',
        seal json,
        bank_ref text NOT NULL UNIQUE,
        state text NOT NULL
            CHECK (state IN ('created', 'awaiting_confirmation', 'confirmed', 'submitting', 'processing', 'unknown',
                'completed', 'failed', 'under_review', 'cancelled', 'expired')),
        attempt int NOT NULL DEFAULT 0,
        inquiry int NOT NULL DEFAULT 0,
        not_found int NOT NULL DEFAULT 0,
        not_found_at timestamptz,
        result json NOT NULL DEFAULT '{}',
        reason text NOT NULL DEFAULT '',
        outcome_seq int NOT NULL DEFAULT 0,
        delivered_seq int NOT NULL DEFAULT 0,
        next_at timestamptz,
        lease_owner text NOT NULL DEFAULT '',
        lease_until timestamptz NOT NULL,
        fence bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    ) WITH (fillfactor = 70)""",
    "CREATE INDEX operation_due ON operation (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX operation_undelivered ON operation (updated_at) WHERE delivered_seq < outcome_seq",
    "CREATE INDEX operation_customer ON operation (customer, created_at DESC) WHERE effect <> 'none'",
    """
    CREATE TABLE operation_event (
        operation_id text NOT NULL,
        seq int NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        note text NOT NULL DEFAULT '',
        at timestamptz NOT NULL,
        PRIMARY KEY (operation_id, seq)
    )""",
    """
    CREATE TABLE journal (
        seq bigint GENERATED ALWAYS AS IDENTITY,
        conversation text NOT NULL,
        version bigint NOT NULL,
        at timestamptz NOT NULL,
        entry json NOT NULL
    )""",
    "CREATE INDEX journal_conversation ON journal (conversation, version)",
    """
    CREATE TABLE quarantine (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        channel text NOT NULL,
        reason text NOT NULL,
        body text NOT NULL,
        received_at timestamptz NOT NULL
    )""",
    """
    CREATE TABLE customer (
        id text PRIMARY KEY,
        name_masked text NOT NULL,
        phone_sealed text NOT NULL,
        lang text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
    )""",
    """
    CREATE TABLE binding (
        conversation text PRIMARY KEY,
        customer_id text NOT NULL REFERENCES customer (id),
        level text NOT NULL,
        bound_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL
    )""",
    "CREATE INDEX binding_customer ON binding (customer_id)",
]


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    for table in "binding customer quarantine journal operation_event operation outbox session inbox".split():
        op.execute(f"DROP TABLE {table}")
