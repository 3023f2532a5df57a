"""One thing changed after signing: nothing that is covered may change unnoticed."""

from __future__ import annotations

import base64
import hashlib
from typing import List, Optional

from casebook import Case, Topic, verify_case
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    STANDARD_SECRET,
    STRIPE_SECRET,
    TEXT_SECRET,
    Headers,
    Sample,
    b64,
    mapped,
    standard,
    stripe,
    tag,
    value_of,
    with_value,
    without,
)


def _mismatch(
    case_id: str,
    about: str,
    sample: Sample,
    *,
    headers: Optional[Headers] = None,
    body: Optional[bytes] = None,
    secret: Optional[str] = None,
    now: int = NOW,
) -> Case:
    return verify_case(
        case_id,
        about,
        "signature_mismatch",
        says="no secret fits the signature; is it this endpoint's secret",
        scheme=sample.scheme,
        secrets=[secret or sample.secret],
        headers=sample.headers() if headers is None else headers,
        body=sample.body if body is None else body,
        now=now,
    )


def _flip(entry: str, at_byte: int, bit: int) -> str:
    """One bit of the tag in an entry such as v1,... or t=...,v1=..."""
    cut = max(entry.rfind("="), entry.rfind(",")) if not entry.endswith("=") else entry.find(",")
    head, encoded = entry[: cut + 1], entry[cut + 1 :]
    is_hex = len(encoded) == 64
    raw = bytearray(bytes.fromhex(encoded) if is_hex else base64.b64decode(encoded))
    raw[at_byte] ^= 1 << bit
    return head + (raw.hex() if is_hex else b64(bytes(raw)))


def _of_each_scheme(name: str, sample: Sample) -> List[Case]:
    swapped = bytearray(sample.body)
    swapped[len(swapped) // 2] ^= 0x01
    entry = value_of(sample.headers(), sample.signature_header)
    regions = (("first", 0, 7), ("middle", 16, 3), ("last", 31, 0))
    cases = [
        _mismatch(
            f"tampered-{name}-body-bit", "One bit of the body is flipped.",
            sample, body=bytes(swapped),
        ),
        _mismatch(
            f"tampered-{name}-body-cut", "The last byte of the body is missing.",
            sample, body=sample.body[:-1],
        ),
        _mismatch(
            f"tampered-{name}-body-newline", "A newline was appended to the body.",
            sample, body=sample.body + b"\n",
        ),
        _mismatch(
            f"tampered-{name}-wrong-secret", "The request was signed with another secret.",
            sample, secret=sample.other_secret,
        ),
    ]  # fmt: skip
    for where, at_byte, bit in regions:
        cases.append(
            _mismatch(
                f"tampered-{name}-signature-{where}-bit",
                f"One bit of the {where} byte of the tag is flipped.",
                sample,
                headers=with_value(
                    sample.headers(), sample.signature_header, _flip(entry, at_byte, bit)
                ),
            )
        )
    for part, header in (("timestamp", sample.timestamp_header), ("id", sample.id_header)):
        if header is not None:
            changed = str(NOW + 1) if part == "timestamp" else MSG + "0"
            cases.append(
                _mismatch(
                    f"tampered-{name}-{part}",
                    f"The {part} header was changed after signing.",
                    sample,
                    headers=with_value(sample.headers(), header, changed),
                )
            )
    return cases


def _confusions() -> List[Case]:
    standard_sample, stripe_sample, github_sample = (
        SAMPLES[name] for name in ("standard", "stripe", "github")
    )
    body = standard_sample.body
    unsigned_parts = b64(tag(base64.b64decode(STANDARD_SECRET[6:]), body))
    text_key = b64(tag(STANDARD_SECRET.encode(), f"{MSG}.{NOW}.".encode() + body))
    decoded_key = tag(
        base64.b64decode(STRIPE_SECRET[6:]), f"{NOW}.".encode() + stripe_sample.body
    ).hex()
    plain_hash = hashlib.sha256(github_sample.body).hexdigest()
    keyed_hash = hashlib.sha256(TEXT_SECRET.encode() + github_sample.body).hexdigest()
    version_left_out = tag(TEXT_SECRET.encode(), f"{NOW}:".encode() + SAMPLES["slack"].body).hex()
    return [
        _mismatch(
            "tampered-stripe-timestamp",
            "The timestamp in the signature header was changed after signing.",
            stripe_sample,
            headers=mapped(
                stripe_sample.headers(), "stripe-signature",
                lambda value: value.replace(str(NOW), str(NOW + 1)),
            ),
        ),
        _mismatch(
            "tampered-standard-signed-body-only",
            "The tag covers the body alone, not the id and the timestamp.",
            standard_sample,
            headers=with_value(
                standard_sample.headers(), "webhook-signature", "v1," + unsigned_parts
            ),
        ),
        _mismatch(
            "tampered-standard-secret-used-as-text",
            "The sender used the text of the secret as the key instead of decoding it.",
            standard_sample,
            headers=with_value(standard_sample.headers(), "webhook-signature", "v1," + text_key),
        ),
        _mismatch(
            "tampered-stripe-secret-decoded",
            "The sender decoded the secret as base64; Stripe's key is its text.",
            stripe_sample,
            headers=[("stripe-signature", f"t={NOW},v1={decoded_key}")],
        ),
        _mismatch(
            "tampered-github-hash-without-key", "A plain hash of the body is no signature.",
            github_sample, headers=[("x-hub-signature-256", f"sha256={plain_hash}")],
        ),
        _mismatch(
            "tampered-github-hash-of-secret-and-body",
            "A hash of secret and body together is no HMAC.",
            github_sample, headers=[("x-hub-signature-256", f"sha256={keyed_hash}")],
        ),
        _mismatch(
            "tampered-github-all-zero-tag", "A tag of zero bytes is a tag that does not fit.",
            github_sample, headers=[("x-hub-signature-256", "sha256=" + "0" * 64)],
        ),
        _mismatch(
            "tampered-standard-boundary-moved",
            "Digits moved from the timestamp to the id do not give the same content.",
            standard_sample,
            headers=standard(body, msg=MSG, at=NOW)[2:]
            + [("webhook-id", MSG + "1"), ("webhook-timestamp", str(NOW)[1:])],
            now=int(str(NOW)[1:]),
        ),
        _mismatch(
            "tampered-stripe-body-of-other-request",
            "The signature of one body does not fit another of the same length.",
            stripe_sample,
            headers=stripe(stripe_sample.body.replace(b"1999", b"9999")),
        ),
        _mismatch(
            "tampered-svix-set-of-other-request",
            "The svix-* headers win; that the webhook-* ones would fit does not help.",
            SAMPLES["svix"],
            headers=with_value(
                SAMPLES["svix"].headers(), "svix-signature", "v1," + b64(bytes(32))
            )
            + standard(SAMPLES["svix"].body),
        ),
        _mismatch(
            "tampered-slack-version-not-signed",
            "The signed content begins with v0: and the tag here leaves it out.",
            SAMPLES["slack"],
            headers=without(SAMPLES["slack"].headers(), "x-slack-signature")
            + [
                (
                    "x-slack-signature",
                    "v0=" + version_left_out,
                )
            ],
        ),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [case for name, sample in SAMPLES.items() for case in _of_each_scheme(name, sample)]
    return Topic(
        "verify-tampered.json",
        "verify",
        "One thing of an accepted request changed after signing, or signed in a wrong way.",
        cases + _confusions(),
    )
