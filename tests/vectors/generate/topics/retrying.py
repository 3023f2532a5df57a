"""What follows an attempt: delivered, another one, a dead letter, or a disabled endpoint."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union

from casebook import Case, Topic, retry_case
from fixtures import NOW

_NOW_MS = NOW * 1000
_MOST = 2**32 - 1
_DAY = 86_400_000
_PLAIN: Dict[str, Any] = {"schedule": {"fixed_ms": [0, 1000, 5000]}, "jitter": "none"}


def _case(
    called: str,
    about: str,
    want: Union[str, int],
    status: Optional[int] = None,
    *,
    retry_after: Optional[str] = None,
    policy: Optional[Dict[str, Any]] = None,
    attempt: int = 1,
    now_ms: int = _NOW_MS,
    entropy: int = 0,
    forbidden: bool = False,
) -> Case:
    """No status is a network error, unless the destination is forbidden."""
    outcome: Dict[str, Any] = {"forbidden": True} if forbidden else {"network_error": True}
    if status is not None:
        outcome = {"status": status, "retry_after": retry_after}
    return retry_case(
        f"retry-{called}", about, want, policy=policy or _PLAIN, attempt=attempt,
        outcome=outcome, now_ms=now_ms, entropy=entropy,
    )  # fmt: skip


def _statuses() -> List[Case]:
    wanted: Dict[str, List[int]] = {
        "delivered": [200, 201, 202, 204, 299],
        "disable": [410],
        "redirected": [300, 301, 302, 303, 304, 307, 308, 399],
        "rejected": [
            100,
            101,
            199,
            400,
            401,
            403,
            404,
            405,
            409,
            413,
            415,
            422,
            451,
            499,
            600,
            999,
        ],
    }
    retried = [408, 425, 429, 500, 501, 502, 503, 504, 511, 599]
    return [
        _case(f"status-{status}", f"Status {status}.", decision, status)
        for decision, statuses in wanted.items()
        for status in statuses
    ] + [_case(f"status-{status}", f"Status {status}.", 1000, status) for status in retried]


def _attempts() -> List[Case]:
    one = {"schedule": {"fixed_ms": [0]}, "jitter": "none"}
    article = {
        "schedule": {"exponential": {"base_ms": 1000, "factor": 2, "cap_ms": _DAY, "attempts": 3}},
        "jitter": "none",
    }
    standard = {"schedule": "standard", "jitter": "equal"}
    return [
        _case("network-error", "No answer at all.", 1000),
        _case("network-error-second", "The second attempt failed: the third delay.", 5000,
              attempt=2),
        _case("forbidden", "No attempt was made: the destination may not be reached.", "forbidden",
              forbidden=True),
        _case("forbidden-last", "Forbidden is the reason, not exhausted.", "forbidden",
              forbidden=True, attempt=3),
        _case("network-error-last", "The last attempt failed.", "exhausted", attempt=3),
        _case("status-last", "The last attempt was answered with 503.", "exhausted", 503,
              attempt=3),
        _case("attempt-beyond-last", "More attempts than the schedule has.", "exhausted", 503,
              attempt=4),
        _case("attempt-far-beyond", "Far more attempts.", "exhausted", 503, attempt=_MOST),
        _case("attempt-zero", "Zero attempts count as one.", 1000, 503, attempt=0),
        _case("attempt-zero-one-only", "Zero counts as one, and one is all there is.", "exhausted",
              503, attempt=0, policy=one),
        _case("one-attempt-only", "A schedule of one attempt.", "exhausted", 503, policy=one),
        _case("delivered-at-last", "The last attempt was delivered.", "delivered", 204, attempt=3),
        _case("delivered-beyond-last", "Delivered is delivered, however late.", "delivered", 200,
              attempt=9),
        _case("disable-at-last", "The last attempt was answered with 410.", "disable", 410,
              attempt=3),
        _case("rejected-at-last", "Rejected is the reason, not exhausted.", "rejected", 404,
              attempt=3),
        _case("redirected-at-last", "Redirected is the reason, not exhausted.", "redirected", 302,
              attempt=3),
        _case("exhausted-despite-retry-after", "Retry-After adds no attempt.", "exhausted", 429,
              retry_after="60", attempt=3),
        _case("article-first", "The article's schedule after one attempt.", 1000, 500,
              policy=article),
        _case("article-second", "After two.", 2000, 500, policy=article, attempt=2),
        _case("article-third", "After three.", "exhausted", 500, policy=article, attempt=3),
        _case("standard-least", "Standard Webhooks' schedule with the least entropy.", 2500, 500,
              policy=standard),
        _case("standard-most", "With the most.", 5000, 500, policy=standard, entropy=_MOST),
        _case("standard-ninth", "After nine attempts.", _DAY, 500, policy=standard, attempt=9,
              entropy=_MOST),
        _case("standard-tenth", "After ten.", "exhausted", 500, policy=standard, attempt=10),
        _case("full-jitter-least", "Full jitter may retry at once.", 0, 500,
              policy={**_PLAIN, "jitter": "full"}),
        _case("clock-at-zero", "A clock at 1970.", 1000, 500, now_ms=0),
        _case("clock-in-milliseconds", "The instant keeps the milliseconds of the clock.",
              1000, 500, now_ms=_NOW_MS + 123),
    ]  # fmt: skip


def _retry_after() -> List[Case]:
    capped = {**_PLAIN, "retry_after_cap_ms": 30_000}
    at_once = {"schedule": {"fixed_ms": [0, 0]}, "jitter": "none"}
    return [
        _case("after-seconds", "Retry-After is longer than the delay.", 120_000, 503,
              retry_after="120"),
        _case("after-shorter", "Retry-After is shorter: the delay counts.", 5000, 503,
              retry_after="1", attempt=2),
        _case("after-equal", "Retry-After is the delay.", 1000, 503, retry_after="1"),
        _case("after-zero", "Retry-After of zero shortens nothing.", 1000, 503, retry_after="0"),
        _case("after-on-429", "On 429.", 7000, 429, retry_after="7"),
        _case("after-on-408", "On 408, as on any answer that is retried.", 7000, 408,
              retry_after="7"),
        _case("after-on-500", "On 500.", 7000, 500, retry_after="7"),
        _case("after-on-404", "On an answer that is not retried it plays no part.", "rejected", 404,
              retry_after="7"),
        _case("after-on-301", "On a redirect it plays no part.", "redirected", 301,
              retry_after="7"),
        _case("after-on-410", "On 410 it plays no part.", "disable", 410, retry_after="7"),
        _case("after-cap", "Longer than the cap.", 30_000, 503, retry_after="31", policy=capped),
        _case("after-cap-exact", "As long as the cap.", 30_000, 503, retry_after="30",
              policy=capped),
        _case("after-cap-below-delay", "The cap bounds Retry-After, not the schedule.", 1000, 503,
              retry_after="9", policy={**_PLAIN, "retry_after_cap_ms": 200}),
        _case("after-cap-zero", "A cap of zero switches Retry-After off.", 1000, 503,
              retry_after="9", policy={**_PLAIN, "retry_after_cap_ms": 0}),
        _case("after-default-cap", "The default cap is a day.", _DAY, 503, retry_after="86401"),
        _case("after-nineteen-digits", "Nineteen digits saturate and meet the cap.", _DAY, 503,
              retry_after="9999999999999999999"),
        _case("after-twenty-digits", "Twenty digits are malformed, and ignored.", 1000, 503,
              retry_after="10000000000000000000"),
        _case("after-malformed", "A malformed value is ignored.", 1000, 503, retry_after="soon"),
        _case("after-negative", "A negative number is malformed.", 1000, 503, retry_after="-60"),
        _case("after-empty", "An empty value is malformed.", 1000, 503, retry_after=""),
        _case("after-date", "An HTTP-date.", 60_000, 503,
              retry_after="Tue, 14 Nov 2023 22:14:20 GMT"),
        _case("after-date-past", "An HTTP-date in the past.", 1000, 503,
              retry_after="Tue, 14 Nov 2023 22:12:20 GMT"),
        _case("after-date-past-at-once", "With no delay of its own, it is retried at once.", 0, 503,
              retry_after="Tue, 14 Nov 2023 22:12:20 GMT", policy=at_once),
        _case("after-malformed-at-once", "A malformed value adds nothing.", 0, 503,
              retry_after="1s", policy=at_once),
        _case("after-date-beyond-cap", "An HTTP-date beyond the cap.", 30_000, 503,
              retry_after="Wed, 14 Nov 2063 22:13:20 GMT", policy=capped),
        _case("after-jitter-below", "Jitter does not shorten Retry-After.", 4000, 503,
              retry_after="4", policy={**_PLAIN, "jitter": "full"}, entropy=_MOST),
    ]  # fmt: skip


def _extra_statuses() -> List[Case]:
    def extra(*statuses: int) -> Dict[str, Any]:
        return {**_PLAIN, "retry_statuses": list(statuses)}

    return [
        _case("extra-404", "A status that the policy retries.", 1000, 404, policy=extra(404, 409)),
        _case("extra-409", "Another one of the list.", 1000, 409, policy=extra(404, 409)),
        _case("extra-not-listed", "A status that is not on the list.", "rejected", 400,
              policy=extra(404, 409)),
        _case("extra-410", "410 on the list is retried.", 1000, 410, policy=extra(410)),
        _case("extra-410-last", "410 on the list, at the last attempt.", "exhausted", 410,
              policy=extra(410), attempt=3),
        _case("extra-302", "A redirect on the list is retried, not followed.", 1000, 302,
              policy=extra(302)),
        _case("extra-200", "Delivered stays delivered.", "delivered", 200, policy=extra(200)),
        _case("extra-404-after", "Retry-After counts there too.", 9000, 404, retry_after="9",
              policy=extra(404)),
        _case("extra-last", "At the last attempt it is exhausted.", "exhausted", 404,
              policy=extra(404), attempt=3),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "retry.json",
        "retry",
        "The decision after an attempt: by status, by attempts made, and by Retry-After.",
        _statuses() + _attempts() + _retry_after() + _extra_statuses(),
    )
