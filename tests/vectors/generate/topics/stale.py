"""Freshness, at the exact borders of the tolerance."""

from __future__ import annotations

from typing import List, Optional, Tuple

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, TEXT_OTHER, TIMED, standard, stripe, with_value

_OLD, _NEW = "timestamp_too_old", "timestamp_too_new"
Window = Optional[Tuple[Optional[int], Optional[int]]]


def _aged(
    case_id: str,
    about: str,
    want: str,
    scheme: str,
    age: int,
    *,
    window: Window = None,
    says: Optional[str] = None,
    now: int = NOW,
) -> Case:
    """A request that is `age` seconds old, negative for one from the future."""
    sample = SAMPLES[scheme]
    at = now - age
    return verify_case(
        case_id,
        about,
        want,
        says=says,
        scheme=scheme,
        secrets=[sample.secret],
        headers=sample.signed(sample.body, secret=sample.secret, at=at),
        body=sample.body,
        now=now,
        tolerance=window,
        gives={"timestamp": at} if want == "accept" else None,
    )


def _borders(name: str) -> List[Case]:
    zero, unchecked = (0, 0), (None, None)
    cases = [
        _aged(f"stale-{name}-300-old", "As old as the tolerance.", "accept", name, 300),
        _aged(
            f"stale-{name}-301-old", "One second past the tolerance.", _OLD, name, 301,
            says="the timestamp is 301 s old and the tolerance is 300 s; was the request delayed",
        ),
        _aged(f"stale-{name}-300-ahead", "As far ahead as 300 s.", "accept", name, -300),
        _aged(
            f"stale-{name}-zero-exact", "Zero tolerance and the same second.",
            "accept", name, 0, window=zero,
        ),
        _aged(
            f"stale-{name}-zero-old", "Zero tolerance means zero, not unchecked.",
            _OLD, name, 1, window=zero, says="is 1 s old and the tolerance is 0 s",
        ),
        _aged(
            f"stale-{name}-zero-ahead", "Zero tolerance ahead of the clock.",
            _NEW, name, -1, window=zero, says="is 1 s ahead and the tolerance is 0 s",
        ),
        _aged(
            f"stale-{name}-unchecked-old", "An unchecked past: the first second of 1970.",
            "accept", name, NOW, window=unchecked,
        ),
        _aged(
            f"stale-{name}-unchecked-ahead", "An unchecked future.",
            "accept", name, -NOW, window=unchecked,
        ),
    ]  # fmt: skip
    if name == "stripe":
        cases.append(
            _aged(
                "stale-stripe-far-ahead", "Stripe's own rule checks the past only.",
                "accept", name, -86400 * 365,
            )
        )  # fmt: skip
    else:
        cases.append(
            _aged(
                f"stale-{name}-301-ahead", "One second past the tolerance ahead.",
                _NEW, name, -301,
                says="the timestamp is 301 s ahead and the tolerance is 300 s; is this clock",
            )
        )  # fmt: skip
    return cases


def _windows() -> List[Case]:
    sample = SAMPLES["standard"]
    old_and_forged = with_value(
        standard(sample.body, at=NOW - 4000), "webhook-signature", "v1," + "A" * 43 + "="
    )
    github = SAMPLES["github"]
    return [
        _aged(
            "stale-past-only-old", "Only the past is unchecked.",
            "accept", "standard", 10_000, window=(None, 60),
        ),
        _aged(
            "stale-past-only-ahead", "Only the past is unchecked, and this is ahead.",
            _NEW, "standard", -61, window=(None, 60), says="61 s ahead and the tolerance is 60 s",
        ),
        _aged(
            "stale-future-only-ahead", "Only the future is unchecked.",
            "accept", "standard", -10_000, window=(60, None),
        ),
        _aged(
            "stale-future-only-old", "Only the future is unchecked, and this is old.",
            _OLD, "standard", 61, window=(60, None),
        ),
        _aged(
            "stale-stripe-future-given", "A tolerance that is given replaces the scheme's own.",
            _NEW, "stripe", -301, window=(300, 300),
        ),
        _aged(
            "stale-wider-window", "A wider tolerance that is given.",
            "accept", "slack", 3600, window=(3600, 0),
        ),
        _aged(
            "stale-narrower-window", "A narrower tolerance that is given.",
            _OLD, "slack", 6, window=(5, 5), says="6 s old and the tolerance is 5 s",
        ),
        _aged(
            "stale-epoch", "A clock that stands at 1970 is a clock like any other.",
            "accept", "standard", 0, now=0,
        ),
        _aged(
            "stale-clock-at-1970", "A clock that was never set says so: the request is from ahead.",
            _NEW, "standard", -NOW, now=0, says="1700000000 s ahead",
        ),
        _aged(
            "stale-far-clock", "The largest clock that every language can hold exactly.",
            _OLD, "standard", 2**53 - 1 - NOW, now=2**53 - 1, says="9007197554740991 s old",
        ),
        verify_case(
            "stale-19-digits-nines",
            "The largest timestamp of 19 digits, which is past 64 signed bits.",
            _NEW,
            says="the timestamp is 9999999998299999999 s ahead and the tolerance is 300 s",
            scheme="standard", secrets=[sample.secret],
            headers=standard(sample.body, at="9999999999999999999"), body=sample.body, now=NOW,
        ),
        verify_case(
            "stale-19-digits-signed-border",
            "One past the largest signed number of 64 bits.",
            _NEW,
            says="the timestamp is 9223372035154775808 s ahead",
            scheme="standard", secrets=[sample.secret],
            headers=standard(sample.body, at="9223372036854775808"), body=sample.body, now=NOW,
        ),
        verify_case(
            "stale-stripe-19-digits",
            "An unchecked future admits any timestamp of the right form.",
            "accept",
            scheme="stripe", secrets=[SAMPLES["stripe"].secret],
            headers=stripe(SAMPLES["stripe"].body, at="9999999999999999999"),
            body=SAMPLES["stripe"].body, now=NOW,
        ),
        verify_case(
            "stale-and-forged",
            "A stale request with a wrong signature is a forgery: freshness is checked last.",
            "signature_mismatch",
            scheme="standard", secrets=[sample.secret],
            headers=old_and_forged, body=sample.body, now=NOW,
        ),
        verify_case(
            "stale-and-wrong-secret",
            "A stale request under another secret is reported as a mismatch.",
            "signature_mismatch",
            scheme="slack", secrets=[TEXT_OTHER],
            headers=SAMPLES["slack"].signed(SAMPLES["slack"].body, at=NOW - 4000),
            body=SAMPLES["slack"].body, now=NOW,
        ),
        verify_case(
            "stale-untimed-scheme",
            "A scheme without a timestamp has no freshness: the tolerance plays no part.",
            "accept",
            scheme="github", secrets=[github.secret], headers=github.headers(),
            body=github.body, now=NOW, tolerance=(0, 0), gives={"timestamp": None},
        ),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [case for name in TIMED for case in _borders(name)]
    return Topic(
        "verify-stale.json",
        "verify",
        "The age of a request against the tolerance: equal passes, zero is zero, null unchecked.",
        cases + _windows(),
    )
