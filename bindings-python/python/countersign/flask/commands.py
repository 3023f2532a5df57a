"""``flask countersign``."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click
import flask
from flask.cli import AppGroup, with_appcontext

from countersign.errors import CountersignError
from countersign.flask.outbox_commands import (
    attempts,
    dead_letters,
    deliver,
    deliveries,
    replays,
    sender_at_hand,
)
from countersign.inbox import Inbox, State, Workers
from countersign.receiver import Receiver

commands = AppGroup("countersign", help="Looks into what this application receives and sends.")
for command in (attempts, dead_letters, deliver, deliveries, replays):
    commands.add_command(command)


@commands.command()
@click.argument("request_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--path", help="Which receiver, by its path, if there are several.")
@click.option("--at", type=float, help="When it arrived, in Unix seconds; now if not given.")
@with_appcontext
def explain(request_file: Path, path: str | None, at: float | None) -> None:
    """Says what a recorded request is, and why it is refused.

    REQUEST_FILE holds headers, an empty line and the body, as they were received. A first line such
    as "POST /webhooks HTTP/1.1" may stand before. The URL is that of COUNTERSIGN_ORIGIN, or else of
    the header Host, with the scheme of PREFERRED_URL_SCHEME.
    """
    path, receiver = _receiver(path)
    method, target, headers, body = _parse(request_file.read_bytes(), path)
    context: Any = {"now": at, "url": _called(receiver, target, headers), "method": method}
    click.echo(f"scheme   {receiver.webhook.scheme_name}")
    for name in receiver.webhook.header_names:
        present = any(known.lower() == name.lower() for known, _ in headers)
        click.echo(f"header   {name}: {'there' if present else 'missing'}")
    click.echo(f"body     {len(body)} bytes")
    try:
        event = receiver.webhook.verify(body, headers, **context).event()
    except CountersignError as error:
        click.echo(f"verdict  {error.code} ({error.status}): {error}")
        explanation = receiver.webhook.explain(body, headers, **context)
        if not explanation.accepted:
            click.echo(f"\n{explanation.text}")
        raise click.exceptions.Exit(1) from None
    click.echo(f"verdict  authentic, by secret {event.key_index}")
    click.echo(f"event    id {event.id!r}, type {event.type!r}, timestamp {event.timestamp}")
    pattern = receiver.pattern_for(event.type)
    click.echo(f"handler  {'none: it is ignored' if pattern is None else pattern}")


@commands.command()
@click.option("--state", type=click.Choice(["waiting", "running", "handled", "dead"]))
@click.option("--type", "event_type", help="Of this type alone.")
@click.option("--limit", default=20, show_default=True)
@with_appcontext
def events(state: State | None, event_type: str | None, limit: int) -> None:
    """Lists the latest events of the inbox."""
    for stored in _inbox().events(state, event_type, limit):
        received = datetime.fromtimestamp(stored.received, timezone.utc)
        click.echo(
            f"{stored.number}  {received:%Y-%m-%d %H:%M:%S}Z  {stored.state}"
            f"  attempts {stored.attempts}  type {stored.event.type!r}  id {stored.event.id!r}"
            f"  {stored.error or ''}".rstrip()
        )


@commands.command()
@click.argument("number", type=int, required=False)
@click.option("--all-dead", is_flag=True, help="All dead letters.")
@click.option("--type", "event_type", help="With --all-dead: of this type alone.")
@click.option("--sent/--received", default=None, help="What this application sent, or received.")
@click.option("--endpoint", help="With --all-dead, of what was sent: to this endpoint alone.")
@click.option("--reason", help="With --all-dead, of what was sent: dead for this reason alone.")
@click.option("--per-second", help="With --all-dead, of what was sent.", default=50)
@with_appcontext
def replay(
    number: int | None,
    all_dead: bool,
    event_type: str | None,
    sent: bool | None,
    endpoint: str | None,
    reason: str | None,
    per_second: int,
) -> None:
    """Has the event with this NUMBER of the inbox handled, or the delivery with this NUMBER of the
    outbox delivered, once more.

    It is the inbox's, unless there is none, or --sent is said.
    """
    if (number is None) is not all_dead:
        raise click.UsageError("say either a number or --all-dead")
    state = flask.current_app.extensions["countersign"]
    is_sent = state.inbox is None and state.sender is not None if sent is None else sent
    if is_sent:
        sender = sender_at_hand()
        if number is not None:
            count = int(sender.replay(number))
        else:
            count = sender.replay_all(
                endpoint=endpoint, type=event_type, reason=reason, per_second=per_second
            ).total
        click.echo(f"{count} to be delivered once more")
    elif endpoint is not None or reason is not None:
        raise click.UsageError("--endpoint and --reason are of what was sent: say --sent")
    else:
        count = _inbox().replay(number, event_type=event_type)
        click.echo(f"{count} to be handled once more")
    if not count:
        raise click.exceptions.Exit(1)


@commands.command()
@click.option("--threads", default=4, show_default=True)
@with_appcontext
def work(threads: int) -> None:
    """Handles the events of the inbox until it is told to end."""
    _inbox()
    workers: Workers = flask.current_app.extensions["countersign"].workers(threads)
    workers.run()


def _inbox() -> Inbox:
    inbox: Inbox | None = flask.current_app.extensions["countersign"].inbox
    if inbox is None:
        raise click.UsageError("this application has no inbox: COUNTERSIGN_INBOX is not set")
    return inbox


def _receiver(path: str | None) -> tuple[str, Receiver]:
    """The one at this path, with its path."""
    receivers: dict[str, Receiver] = flask.current_app.extensions["countersign"].receivers
    if path is None and len(receivers) == 1:
        return next(iter(receivers.items()))
    if path is None or path not in receivers:
        known = ", ".join(receivers) or "none"
        raise click.UsageError(f"say which receiver with --path; there are: {known}")
    return path, receivers[path]


def _called(receiver: Receiver, target: str, headers: list[tuple[Any, Any]]) -> str:
    """The URL that the sender called, as the receiver makes it of a request."""
    host = next((value for name, value in headers if name.lower() == "host"), None)
    if host is not None and target.startswith("/"):
        target = f"{flask.current_app.config['PREFERRED_URL_SCHEME']}://{host}{target}"
    return receiver.public_url(target)


def _parse(recorded: bytes, path: str) -> tuple[str, str, list[tuple[Any, Any]], bytes]:
    ends = [(recorded.find(end), end) for end in (b"\r\n\r\n", b"\n\n") if end in recorded]
    at, end = min(ends, default=(len(recorded), b""))
    lines = recorded[:at].decode("latin-1").splitlines()
    method, target = "POST", path
    if lines and lines[0].endswith(("HTTP/1.1", "HTTP/1.0", "HTTP/2")):
        method, target, *_ = lines.pop(0).split(" ")
    headers = [line.partition(":") for line in lines]
    pairs = [(name.strip(), value.strip()) for name, _, value in headers]
    return method, target, pairs, recorded[at + len(end) :]
