"""`teller flows`: everything a product owner does with the bank's conversations; one file a command."""

from __future__ import annotations

import typer

from app.cli.flows import (
    check,
    confusion,
    diff,
    funnel,
    graph,
    learn,
    misunderstood,
    publish,
    record,
    reference,
    releases,
    replay,
    retire,
    rollback,
    schema,
    test,
    translations,
    walk,
)

cli = typer.Typer(help="The bank's conversations.", no_args_is_help=True)
cli.command("check")(check.check)
cli.command("test")(test.test)
cli.command("walk")(walk.walk)
cli.command("graph")(graph.graph)
cli.command("confusion")(confusion.confusion)
cli.command("misunderstood")(misunderstood.misunderstood)
cli.command("learn")(learn.learn)
cli.add_typer(translations.cli, name="translations")
cli.command("schema")(schema.schema)
cli.command("diff")(diff.diff)
cli.command("publish")(publish.publish)
cli.command("rollback")(rollback.rollback)
cli.command("retire")(retire.retire)
cli.command("releases")(releases.releases)
cli.command("prune")(releases.prune)
cli.command("replay")(replay.replay)
cli.command("record")(record.record)
cli.command("funnel")(funnel.funnel)
cli.command("reference")(reference.reference)
