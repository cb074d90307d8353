"""The funnel: what happened at each step of each flow, out of the journal, and what was counted of it already.

Revision ID: 0005
Create Date: 2026-11-25
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# One row for each thing that happened. `step` is "" where it happened to the flow as a whole. Definitions:
# docs/flows/funnel.md. An entry is taken apart once: this is what reading a busy day costs.
_EVENT = """
CREATE VIEW funnel_event AS
SELECT j.conversation, j.version, j.at, (j.at AT TIME ZONE 'UTC')::date AS day,
       split_part(j.conversation, ':', 1) AS channel, e.flow, coalesce(f.flows ->> e.flow, '') AS revision,
       e.step, e.what
FROM journal j
CROSS JOIN LATERAL (SELECT j.entry -> 'flows' AS flows OFFSET 0) AS f
CROSS JOIN LATERAL json_each(j.entry) AS k
CROSS JOIN LATERAL json_array_elements_text(CASE WHEN k.key IN
    ('path', 'arms', 'marks', 'notes', 'began', 'calls', 'settled') THEN k.value ELSE '[]' END) AS s(said)
CROSS JOIN LATERAL (SELECT CASE k.key
    WHEN 'notes' THEN split_part(substr(said, 5), ':', 1)
    WHEN 'calls' THEN split_part(said::json ->> 'step', '.', 1)
    WHEN 'settled' THEN said::json ->> 'flow'
    ELSE split_part(said, '.', 1) END AS flow,
  CASE k.key
    WHEN 'path' THEN substr(said, strpos(said, '.') + 1)
    WHEN 'arms' THEN substr(split_part(said, ':', 1), strpos(said, '.') + 1)
    WHEN 'marks' THEN substr(split_part(said, ':', 1), strpos(said, '.') + 1)
    WHEN 'calls' THEN substr(said::json ->> 'step', strpos(said::json ->> 'step', '.') + 1)
    ELSE '' END AS step,
  CASE k.key
    WHEN 'path' THEN 'entered'
    WHEN 'arms' THEN 'arm ' || substr(said, strpos(said, ':') + 1)
    WHEN 'marks' THEN substr(said, strpos(said, ':') + 1)
    WHEN 'notes' THEN CASE WHEN said LIKE 'end %:%' THEN 'ended ' || split_part(said, ':', 2) END
    WHEN 'began' THEN 'began'
    WHEN 'calls' THEN 'confirmed ' || (said::json ->> 'effect')
    ELSE 'settled ' || (said::json ->> 'outcome') END AS what) AS e
WHERE e.what IS NOT NULL
"""

# What was counted already, up to the moment `through`; what came later is read from the journal.
_TABLES = [
    """
    CREATE TABLE funnel_day (
        day date NOT NULL,
        channel text NOT NULL,
        flow text NOT NULL,
        revision text NOT NULL,
        step text NOT NULL,
        what text NOT NULL,
        times bigint NOT NULL,
        PRIMARY KEY (day, channel, flow, revision, step, what)
    )""",
    "CREATE TABLE funnel_counted (through timestamptz NOT NULL)",
    "INSERT INTO funnel_counted VALUES ('2000-01-01 00:00Z')",
]

_COUNT = """
CREATE VIEW funnel_count AS
SELECT day, channel, flow, revision, step, what, times FROM funnel_day
UNION ALL
SELECT day, channel, flow, revision, step, what, count(*)
FROM funnel_event
WHERE at > (SELECT through FROM funnel_counted)
GROUP BY day, channel, flow, revision, step, what
"""

_STEP = """
CREATE VIEW funnel_step AS
SELECT day, channel, flow, revision, step,
       sum(times) FILTER (WHERE what = 'entered') AS entered,
       coalesce(sum(times) FILTER (WHERE what LIKE 'arm %' AND what NOT IN (
           'arm cancel', 'arm cancelled', 'arm continued', 'arm back', 'arm expired', 'arm timeout',
           'arm unavailable', 'arm auth', 'arm seal refused') AND what NOT LIKE 'arm edit %'), 0)
           - coalesce(sum(times) FILTER (WHERE what = 'gave up'), 0) AS answered,
       sum(times) FILTER (WHERE what IN ('again', 'gave up')) AS retried,
       sum(times) FILTER (WHERE what = 'arm back') AS back,
       sum(times) FILTER (WHERE what LIKE 'arm edit %') AS edited,
       sum(times) FILTER (WHERE what = 'aside') AS aside,
       sum(times) FILTER (WHERE what = 'gave up') AS gave_up,
       sum(times) FILTER (WHERE what IN ('arm cancel', 'arm cancelled')) AS cancelled,
       sum(times) FILTER (WHERE what IN ('arm expired', 'arm timeout')) AS expired,
       sum(times) FILTER (WHERE what = 'arm continued') AS continued,
       sum(times) FILTER (WHERE what = 'handoff') AS handed_over,
       sum(times) FILTER (WHERE what IN ('anew', 'pushed out', 'retired', 'broke', 'other customer')) AS elsewhere
FROM funnel_count
WHERE step <> ''
GROUP BY day, channel, flow, revision, step
"""

_FLOW = """
CREATE VIEW funnel_flow AS
SELECT day, channel, flow, revision,
       sum(times) FILTER (WHERE what = 'began') AS began,
       sum(times) FILTER (WHERE what = 'ended done') AS done,
       sum(times) FILTER (WHERE what = 'ended cancelled') AS cancelled,
       sum(times) FILTER (WHERE what = 'ended refused') AS refused,
       sum(times) FILTER (WHERE what = 'ended failed') AS failed,
       sum(times) FILTER (WHERE what = 'ended expired') AS expired,
       sum(times) FILTER (WHERE what = 'handoff') AS handed_over,
       sum(times) FILTER (WHERE what IN ('anew', 'pushed out', 'retired', 'broke', 'other customer')) AS elsewhere,
       sum(times) FILTER (WHERE what LIKE 'confirmed %') AS confirmed,
       sum(times) FILTER (WHERE what = 'settled ok') AS settled_ok,
       sum(times) FILTER (WHERE what = 'settled refused') AS settled_refused
FROM funnel_count
GROUP BY day, channel, flow, revision
"""


def upgrade() -> None:
    # Rows come in the order of time, so a few bytes for each stretch of pages find a day. Turns wait while it is made,
    # a third of a second for a million rows; CONCURRENTLY would wait for the processes that wait for this upgrade.
    op.execute("CREATE INDEX journal_at ON journal USING brin (at) WITH (autosummarize = on)")
    for statement in (_EVENT, *_TABLES, _COUNT, _STEP, _FLOW):
        op.execute(statement)


def downgrade() -> None:
    for view in "funnel_flow funnel_step funnel_count funnel_event".split():
        op.execute(f"DROP VIEW {view}")
    op.execute("DROP TABLE funnel_day")
    op.execute("DROP TABLE funnel_counted")
    op.execute("DROP INDEX journal_at")
