"""Answers, to the byte."""

from __future__ import annotations

from typing import Any, List, Optional

from casebook import Case, Topic
from guardbook import event_answer_case, refusal_answer_case
from topics.codes import CLASSES


def _event(
    called: str, about: str, want: str, handling: str, event_id: Optional[str], event_type: Optional[str]
) -> Case:
    return event_answer_case(
        f"answer-{called}", about, want, handling=handling, event_id=event_id, event_type=event_type
    )


def _refusal(called: str, about: str, want: int, code: str, error_class: str, **more: Any) -> Case:
    return refusal_answer_case(
        f"answer-{called}", about, want, code=code, error_class=error_class, **more
    )


def _events() -> List[Case]:
    words = ("handled", "ignored", "duplicate", "accepted", "pending")
    odd = "\"\\/\u00e9\U0001f511\x00\x1f\x7f\n\r\t\b\f\u2028<&>'"
    written = (
        r"\"\\/\u00e9\ud83d\udd11\u0000\u001f\u007f\u000a\u000d\u0009\u0008\u000c\u2028<&>'"
    )
    return [
        *(_event(word, f"The event was {word}.",
                 f'{{"status":"{word}","id":"evt_1","type":"invoice.paid"}}', word, "evt_1",
                 "invoice.paid") for word in words),
        _event("no-id", "Without an id.", '{"status":"handled","id":null,"type":"ping"}',
               "handled", None, "ping"),
        _event("nothing", "Without a type.", '{"status":"ignored","id":null,"type":null}',
               "ignored", None, None),
        _event("escapes", "All but visible ASCII is escaped.",
               f'{{"status":"handled","id":"{written}","type":"{written}"}}', "handled", odd, odd),
        _event("backslash-n", "A backslash before a letter.",
               r'{"status":"handled","id":"\\n\\\\t","type":"\\u0041"}', "handled", r"\n\\t",
               r"\u0041"),
    ]  # fmt: skip


def _refusals() -> List[Case]:
    more: Any = {"retry_after_ms": 1}
    return [
        *(_refusal(code.replace("_", "-"), about, status, code, error_class)
          for error_class, codes in CLASSES.items() for code, about, status in codes),
        _refusal("unknown-code", "A code that there is not.", 500, "no_such_code", ""),
        _refusal("both-methods", "Two methods are allowed.", 405, "method_not_allowed",
                 "GuardError", allowed_methods="GET, POST"),
        _refusal("retry-after-rounded", "Seconds are rounded up.", 429, "rate_limited",
                 "GuardError", **more),
        _refusal("retry-after-whole", "Whole seconds.", 409, "event_in_progress", "GuardError",
                 retry_after_ms=10_000),
        _refusal("retry-after-zero", "At once.", 429, "rate_limited", "GuardError",
                 retry_after_ms=0),
        _refusal("message-escapes", "A message beyond ASCII.", 400, "missing_field",
                 "PayloadError", message="the payload has no \u00e9"),
    ]  # fmt: skip


def _forms() -> List[Case]:
    empty: Any = {"answers": "empty"}
    bad: Any = {"answers": "described-400"}
    wrong, guard = "VerificationError", "GuardError"
    return [
        event_answer_case("answer-empty-handled", "Xero wants no body.", "", handling="handled",
                          event_id="evt_1", event_type="ping", **empty),
        event_answer_case("answer-empty-pending", "Nor another status.", "", handling="pending",
                          event_id="evt_1", event_type="ping", **empty),
        _refusal("empty-mismatch", "Nor of a wrong signature.", 401, "signature_mismatch", wrong,
                 **empty),
        _refusal("empty-method", "What else there is stays.", 405, "method_not_allowed", guard,
                 allowed_methods="HEAD, POST", **empty),
        _refusal("empty-retry", "When to come back too.", 409, "event_in_progress", guard,
                 retry_after_ms=1500, **empty),
        event_answer_case("answer-400-handled", "What is taken is answered as ever.",
                          '{"status":"handled","id":null,"type":null}', handling="handled",
                          event_id=None, event_type=None, **bad),
        _refusal("400-mismatch", "Figma wants 400 for a wrong passcode.", 400,
                 "signature_mismatch", wrong, **bad),
        _refusal("400-missing", "And for none.", 400, "missing_header", wrong, **bad),
        _refusal("400-address", "Other refusals keep their status.", 403, "address_not_allowed",
                 guard, **bad),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "answer.json",
        "answer",
        "The answers of a receiver: status, headers and body to the byte.",
        [
            *_events(),
            *_refusals(),
            *_forms(),
        ],
    )
