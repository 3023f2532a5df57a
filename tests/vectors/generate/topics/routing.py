"""Handlers by the type of their events."""

from __future__ import annotations

from typing import List, Optional, Sequence, Union

from casebook import Case, Topic
from guardbook import routes_case


def _case(
    called: str,
    about: str,
    want: Union[str, List[Optional[int]]],
    patterns: Sequence[str],
    types: Sequence[Optional[str]] = (),
) -> Case:
    return routes_case(f"routes-{called}", about, want, patterns=patterns, types=types)


def _malformed(called: str, about: str, pattern: str) -> Case:
    return _case(called, about, "malformed_pattern", [pattern])


def topic() -> Topic:
    payments = ["payment.failed", "payment.*", "payment.refund.*", "*"]
    return Topic(
        "routes.json",
        "routes",
        "Which of the patterns of event types an event goes to.",
        [
            _case("none", "No patterns.", [None, None], [], ["payment.failed", None]),
            _case("whole", "A whole name.", [0, None, None, None], ["payment.failed"],
                  ["payment.failed", "payment.failed.twice", "payment", "Payment.failed"]),
            _case("beginning", "A beginning.", [0, 0, None, None, None], ["payment.*"],
                  ["payment.failed", "payment.refund.created", "payment", "payments.x", "x.payment.y"]),
            _case("beginning-alone", "The beginning alone is no such name.", [None],
                  ["payment.*"], ["payment."]),
            _case("any", "Any type, and none.", [0, 0, 0], ["*"], ["payment.failed", "x", None]),
            _case("specific", "The most specific pattern wins.", [0, 1, 2, 2, 3, 3, 3], payments,
                  ["payment.failed", "payment.paid", "payment.refund.created", "payment.refund.a.b",
                   "order.created", "payment", None]),
            _case("specific-reversed", "In whatever order they are registered.",
                  [3, 2, 1, 1, 0, 0, 0], payments[::-1],
                  ["payment.failed", "payment.paid", "payment.refund.created", "payment.refund.a.b",
                   "order.created", "payment", None]),
            _case("whole-before-longer", "A whole name wins over a beginning.", [1, 0],
                  ["payment.refund.*", "payment.refund.created"],
                  ["payment.refund.created", "payment.refund.failed"]),
            _case("slash", "Shopify separates with a slash.", [0, None], ["orders/*"],
                  ["orders/create", "orders.create"]),
            _case("colon", "Others with a colon.", [0], ["repo:*"], ["repo:push"]),
            _case("star-in-type", "A star in a type is a character.", [1, 1, 0],
                  ["*", "payment.*"], ["payment.*", "payment.x", "*"]),
            _case("unicode", "Types are text.", [0, 1, None], ["za\u017c\u00f3\u0142\u0107.*", "\u00e9"],
                  ["za\u017c\u00f3\u0142\u0107.x", "\u00e9", "e\u0301"]),
            _case("no-type", "An event without a type goes to none but any.", [None, None],
                  ["a", "a.*"], [None, ""]),
            _case("long", "256 bytes.", [0], ["a" * 256], ["a" * 256]),
            _case("twice", "A pattern has one handler.", "duplicate_handler",
                  ["payment.*", "order.*", "payment.*"]),
            _case("twice-any", "So has any.", "duplicate_handler", ["*", "*"]),
            _case("twice-whole", "And a whole name.", "duplicate_handler", ["a", "a"]),
            _malformed("empty", "Nothing.", ""),
            _malformed("too-long", "257 bytes.", "a" * 257),
            _malformed("too-long-unicode", "129 characters of two bytes.", "\u00e9" * 129),
            _malformed("star-inside", "A star inside.", "payment.*.failed"),
            _malformed("star-before", "A star before.", "*.failed"),
            _malformed("star-after-letter", "A star after a letter.", "payment*"),
            _malformed("two-stars", "Two stars.", "payment.**"),
            _malformed("stars", "Stars alone.", "**"),
            _malformed("star-after-star", "A star in the beginning.", "*.*"),
        ],
    )  # fmt: skip
