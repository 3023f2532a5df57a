"""``python -m sender_app``: publishes orders, and delivers them."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial

from countersign import DeliveryError, Sender

from . import Settings, SettingsError, open_outbox, publish_orders
from .outbox import replay_dead_letters, report, wait_until_done
from .status import status_page

# Whoever reads it may wait for a line.
say = partial(print, flush=True)


def send(sender: Sender, arguments: argparse.Namespace) -> None:
    with sender:
        publish_orders(sender, arguments.orders, per_second=arguments.per_second, say=say)
        wait_until_done(sender)
    counts = sender.counts()
    say(f"{counts['delivered']} deliveries arrived, {counts['dead']} are dead letters")


def work(sender: Sender, arguments: argparse.Namespace) -> None:
    with status_page(sender, arguments.settings, say):
        say("delivering; Ctrl-C ends it")
        sender.run()


def show_report(sender: Sender, arguments: argparse.Namespace) -> None:
    say(json.dumps(report(sender), indent=2))


def show_dead_letters(sender: Sender, arguments: argparse.Namespace) -> None:
    for letter in sender.dead_letters():
        last = sender.attempts(letter.number, limit=1)
        said = (last[0].status or last[0].error) if last else "never sent"
        say(f"{letter.message_id} to {letter.endpoint}: {letter.reason}, the last answer was {said}")


def replay(sender: Sender, arguments: argparse.Namespace) -> None:
    with sender:
        replayed = replay_dead_letters(sender)
    say(f"{replayed} dead letters were replayed, {sender.counts()['dead']} are left")


def main() -> int:
    """0, or 1 if the configuration is not complete or the outbox does not answer."""
    parser = argparse.ArgumentParser(prog="sender_app", description=__doc__)
    parser.set_defaults(run=send, orders=10, per_second=None)
    commands = parser.add_subparsers(title="commands")
    sending = commands.add_parser("send", help="publish orders, deliver until nothing waits")
    sending.add_argument("--orders", type=int, default=10, help="how many")
    sending.add_argument("--per-second", type=float, help="at most so many, all at once if unset")
    for name, run, about in [
        ("work", work, "deliver what waits until the process is told to end"),
        ("report", show_report, "what became of everything, as JSON"),
        ("dead-letters", show_dead_letters, "what nobody tries again by itself"),
        ("replay", replay, "have all dead letters delivered once more"),
    ]:
        commands.add_parser(name, help=about).set_defaults(run=run)
    arguments = parser.parse_args()
    try:
        arguments.settings = Settings.from_environment()
        arguments.run(open_outbox(arguments.settings), arguments)
    except SettingsError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    except DeliveryError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
