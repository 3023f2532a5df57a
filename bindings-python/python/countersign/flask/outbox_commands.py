"""``flask countersign`` for what an application sends."""

from __future__ import annotations

from datetime import datetime, timezone

import click
import flask
from flask.cli import with_appcontext

from countersign.sender import Delivery, DeliveryState, Sender


@click.command()
@click.option("--state", type=click.Choice(["waiting", "running", "delivered", "dead"]))
@click.option("--endpoint", help="To this endpoint alone.")
@click.option("--type", "event_type", help="Of this type alone.")
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def deliveries(
    state: DeliveryState | None, endpoint: str | None, event_type: str | None, limit: int
) -> None:
    """Lists the latest deliveries."""
    sender = sender_at_hand()
    found = sender.deliveries(state=state, endpoint=endpoint, type=event_type, limit=limit)
    _show(found)


@click.command("dead-letters")
@click.option("--endpoint", help="To this endpoint alone.")
@click.option("--type", "event_type", help="Of this type alone.")
@click.option("--reason", help="Dead for this reason alone.")
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def dead_letters(
    endpoint: str | None, event_type: str | None, reason: str | None, limit: int
) -> None:
    """Lists the latest dead letters."""
    sender = sender_at_hand()
    found = sender.dead_letters(endpoint=endpoint, type=event_type, reason=reason, limit=limit)
    _show(found)


@click.command()
@click.argument("number", type=int)
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def attempts(number: int, limit: int) -> None:
    """Lists the latest attempts of the delivery with this NUMBER."""
    sender = sender_at_hand()
    delivery = sender.delivery(number)
    if delivery is None:
        raise click.UsageError(f"there is no delivery {number}")
    _show([delivery])
    for attempt in sender.attempts(number, limit):
        outcome = attempt.error if attempt.status is None else f"status {attempt.status}"
        answer = "" if attempt.answer is None else repr(attempt.answer[:200])[1:]
        line = f"  {_time(attempt.at)}  attempt {attempt.number}  {attempt.duration * 1e3:.1f} ms"
        click.echo(f"{line}  {outcome}  {answer}".rstrip())


@click.command()
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def replays(limit: int) -> None:
    """Lists the latest replays of many dead letters."""
    for replay in sender_at_hand().replays(limit):
        click.echo(
            f"{replay.number}  {_time(replay.created)}  {replay.state}"
            f"  {replay.replayed} of {replay.total}, {replay.per_second} a second"
        )


@click.command()
@click.option("--patience", default=30.0, show_default=True, help="At the end, in seconds.")
@with_appcontext
def deliver(patience: float) -> None:
    """Delivers what this application sends until it is told to end."""
    sender_at_hand().run(patience)


def sender_at_hand() -> Sender:
    sender: Sender | None = flask.current_app.extensions["countersign"].sender
    if sender is None:
        missing = "COUNTERSIGN_SENDER_DATABASE is not set"
        raise click.UsageError(f"this application has no sender: {missing}")
    return sender


def _show(found: list[Delivery]) -> None:
    for delivery in found:
        click.echo(
            f"{delivery.number}  {_time(delivery.created)}  {delivery.state}"
            f"  attempts {delivery.attempts}  to {delivery.endpoint!r}  type {delivery.type!r}"
            f"  id {delivery.message_id!r}  {delivery.reason or ''}".rstrip()
        )


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M:%S}Z"
