"""Lists of signatures: what is skipped, what counts, and how many."""

from __future__ import annotations

from typing import List, Optional

from casebook import Case, Topic, verify_case
from fixtures import MSG, NOW, SAMPLES, TEXT_SECRET, Headers, b64, sha256_equals, stripe_v1, v1

_MALFORMED, _UNSUPPORTED = "malformed_signature", "unsupported_signature"
_MISMATCH = "signature_mismatch"
_NO_V1 = "holds no v1 signature, only other versions"
_V1A = "v1a," + b64(bytes(range(64)))


def _standard(case_id: str, about: str, want: str, value: str, says: Optional[str] = None) -> Case:
    sample = SAMPLES["standard"]
    headers: Headers = [
        ("webhook-id", MSG),
        ("webhook-timestamp", str(NOW)),
        ("webhook-signature", value),
    ]
    return verify_case(
        case_id, about, want, says=says, scheme="standard", secrets=[sample.secret],
        headers=headers, body=sample.body, now=NOW,
    )  # fmt: skip


def _wrong(number: int) -> str:
    """A well-formed signature that fits nothing."""
    return "v1," + b64(bytes([number]) * 32)


def _space_separated() -> List[Case]:
    good = v1(SAMPLES["standard"].body)
    wrong = _wrong(1)
    return [
        _standard("lists-v1a-first", "An asymmetric v1a signature stands before the v1 one.",
                  "accept", f"{_V1A} {good}"),
        _standard("lists-v1a-last", "An asymmetric v1a signature stands after the v1 one.",
                  "accept", f"{good} {_V1A}"),
        _standard("lists-v1a-same-tag", "The right tag under v1a is no v1 signature.",
                  _UNSUPPORTED, good.replace("v1,", "v1a,"), _NO_V1),
        _standard("lists-only-v2", "Only a later version.",
                  _UNSUPPORTED, good.replace("v1,", "v2,"), _NO_V1),
        _standard("lists-several-other-versions", "Several other versions and none of ours.",
                  _UNSUPPORTED, f"v0,AAAA {_V1A} v2,BBBB", _NO_V1),
        _standard("lists-other-version-empty", "A label with its comma is a version, even empty.",
                  _UNSUPPORTED, "v9,", _NO_V1),
        _standard("lists-other-version-and-junk", "Junk beside another version changes nothing.",
                  _UNSUPPORTED, f"junk {_V1A}", _NO_V1),
        _standard("lists-label-of-16", "A label of 16 characters is a version.",
                  _UNSUPPORTED, "abcdefghij_-4567,AAAA", _NO_V1),
        _standard("lists-label-of-17", "A label of 17 characters is no label.",
                  _MALFORMED, "abcdefghij_-45678,AAAA", "canonical base64 after v1,"),
        _standard("lists-empty-label", "A comma without a label before it is no version.",
                  _MALFORMED, ",AAAA"),
        _standard("lists-label-with-dot", "A label does not hold a dot.", _MALFORMED, "v1.1,AAAA"),
        _standard("lists-malformed-and-other-version",
                  "A malformed v1 entry is of our version: the other one does not hide it.",
                  _MALFORMED, f"v1,AAAA {_V1A}"),
        _standard("lists-malformed-and-good", "A malformed v1 entry is skipped.",
                  "accept", f"v1,AAAA {good}"),
        _standard("lists-unpadded-and-good", "An entry that is not canonical is skipped.",
                  "accept", f"{good.rstrip('=')} {good}"),
        _standard("lists-only-unpadded-and-wrong",
                  "The fitting entry is not canonical, and the canonical one does not fit.",
                  _MISMATCH, f"{good.rstrip('=')} {wrong}"),
        _standard("lists-junk-and-good", "Entries that are nothing at all are skipped.",
                  "accept", f"= ,, v1 {good} %%%"),
        _standard("lists-wrong-and-good", "A wrong signature beside the right one.",
                  "accept", f"{wrong} {good}"),
        _standard("lists-good-and-wrong", "The right signature beside a wrong one.",
                  "accept", f"{good} {wrong}"),
        _standard("lists-empty-entries", "Several spaces make empty entries, which are skipped.",
                  "accept", f"   {wrong}    {good}   "),
        _standard("lists-only-spaces", "Spaces alone hold no signature.", _MALFORMED, "   "),
        _standard("lists-comma-separated", "Commas do not separate Standard Webhooks entries.",
                  _MALFORMED, f"{good},{good}"),
    ]  # fmt: skip


def _bounded() -> List[Case]:
    good = v1(SAMPLES["standard"].body)
    wrong = [_wrong(number) for number in range(64)]
    return [
        _standard("lists-64th-candidate", "The 64th candidate counts.",
                  "accept", " ".join([*wrong[:63], good])),
        _standard("lists-65th-candidate", "The 65th candidate is not looked at.",
                  _MISMATCH, " ".join([*wrong, good])),
        _standard("lists-first-of-65", "More than 64 candidates are no error.",
                  "accept", " ".join([good, *wrong])),
        _standard("lists-skipped-do-not-count",
                  "Entries that are malformed, empty or of another version are no candidates.",
                  "accept", " ".join(["v1,AAAA", "v2,AAAA", "", "junk"] * 30 + [good])),
        _standard("lists-64th-among-skipped", "The 64th candidate, with skipped entries between.",
                  "accept", " ".join([*(one + " v1,A=" for one in wrong[:63]), good])),
        _standard("lists-same-wrong-65-times", "Equal candidates count each time.",
                  _MISMATCH, " ".join([_wrong(7)] * 64 + [good])),
    ]  # fmt: skip


def _stripe(case_id: str, about: str, want: str, value: str, says: Optional[str] = None) -> Case:
    sample = SAMPLES["stripe"]
    return verify_case(
        case_id, about, want, says=says, scheme="stripe", secrets=[sample.secret],
        headers=[("Stripe-Signature", value)], body=sample.body, now=NOW,
    )  # fmt: skip


def _comma_separated() -> List[Case]:
    good = stripe_v1(SAMPLES["stripe"].body)
    v0 = "v0=" + "6f" * 32
    wrong = "v1=" + "00" * 32
    stamp = f"t={NOW}"
    header = "the header stripe-signature"
    return [
        _stripe("lists-stripe-v0-beside-v1", "Stripe's test-mode v0 is skipped.",
                "accept", f"{stamp},{good},{v0}"),
        _stripe("lists-stripe-only-v0", "A v0 signature alone is of another version.",
                _UNSUPPORTED, f"{stamp},{v0}", f"{header} {_NO_V1}"),
        _stripe("lists-stripe-v1-tag-as-v0", "The right tag under v0 is not accepted.",
                _UNSUPPORTED, f"{stamp},{good.replace('v1=', 'v0=')}"),
        _stripe("lists-stripe-only-timestamp",
                "A timestamp alone: it is no signature of another version.",
                _MALFORMED, stamp,
                f"{header} holds no 32-byte signature in canonical lower-case hexadecimal after"
                " v1="),
        _stripe("lists-stripe-spaces-after-commas", "Spaces after the commas are trimmed.",
                "accept", f"{stamp}, {good}, {v0}"),
        _stripe("lists-stripe-empty-entries", "Empty entries are skipped.",
                "accept", f",,{stamp},,{good},"),
        _stripe("lists-stripe-wrong-and-good", "A wrong v1 beside the right one.",
                "accept", f"{stamp},{wrong},{good}"),
        _stripe("lists-stripe-upper-case-and-good", "An upper-case v1 beside the right one.",
                "accept", f"{stamp},{good[:3]}{good[3:].upper()},{good}"),
        _stripe("lists-stripe-only-upper-case", "An upper-case tag alone.",
                _MALFORMED, f"{stamp},v1={good[3:].upper()}"),
        _stripe("lists-stripe-space-in-entry", "A space after v1= is part of the tag.",
                _MALFORMED, f"{stamp},v1= {good[3:]}"),
        _stripe("lists-stripe-longer-label", "v10 is another version than v1.",
                _UNSUPPORTED, f"{stamp},v10={good[3:]}"),
        _stripe("lists-stripe-label-with-t", "A label that begins with t is another version.",
                _UNSUPPORTED, f"{stamp},test={good[3:]}"),
        _stripe("lists-stripe-65th-candidate", "The 65th v1 entry is not looked at.",
                _MISMATCH, ",".join([stamp] + [wrong] * 64 + [good])),
        _stripe("lists-stripe-64th-candidate", "The 64th v1 entry counts.",
                "accept", ",".join([stamp] + [wrong] * 63 + [good])),
    ]  # fmt: skip


def _single() -> List[Case]:
    github = SAMPLES["github"]
    good = sha256_equals(github.body)

    def case(called: str, about: str, want: str, value: str) -> Case:
        return verify_case(
            f"lists-github-{called}", about, want, scheme="github", secrets=[TEXT_SECRET],
            headers=[("x-hub-signature-256", value)], body=github.body, now=NOW,
        )  # fmt: skip

    slack = SAMPLES["slack"].headers()
    return [
        case("no-list-comma", "GitHub's header holds one signature, not a list.",
             _MALFORMED, f"{good},{good}"),
        case("no-list-space", "A space does not separate either.", _MALFORMED, f"{good} {good}"),
        verify_case(
            "lists-slack-v1", "A v1 signature under a scheme that knows v0.",
            _UNSUPPORTED, says="the header x-slack-signature holds no v0 signature",
            scheme="slack", secrets=[TEXT_SECRET],
            headers=[slack[0], (slack[1][0], slack[1][1].replace("v0=", "v1="))],
            body=SAMPLES["slack"].body, now=NOW,
        ),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-signature-lists.json",
        "verify",
        "Lists of signatures: skipped entries, other versions, and the first 64 candidates.",
        _space_separated() + _bounded() + _comma_separated() + _single(),
    )
