"""Which headers are used, and what their values may be."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

from casebook import Case, Topic, verify_case
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    TEXT_SECRET,
    Headers,
    b64,
    standard,
    svix,
    tag,
    v1,
    value_of,
    with_value,
    without,
)

_NOT_VISIBLE = "holds a character other than visible ASCII and space"
_ENDS_ID = "contains the character that ends the id in the signed content"
_CONFLICT = "was sent more than once with different values"


def _case(
    case_id: str,
    about: str,
    want: str,
    scheme: str,
    headers: Headers,
    says: Optional[str] = None,
    gives: Optional[Mapping[str, Any]] = None,
) -> Case:
    sample = SAMPLES[scheme]
    return verify_case(
        case_id, about, want, says=says, scheme=scheme, secrets=[sample.secret],
        headers=headers, body=sample.body, now=NOW, gives=gives,
    )  # fmt: skip


def _of_each_scheme() -> List[Case]:
    cases: List[Case] = []
    for name, sample in SAMPLES.items():
        good = sample.headers()
        for part in (sample.signature_header, sample.id_header, sample.timestamp_header):
            if part is None:
                continue
            short = part.replace(f"{name}-", "").replace("webhook-", "")
            missing = f"the header {part} is missing; did a proxy drop it, or is this another"
            cases += [
                _case(
                    f"headers-{name}-missing-{short}", f"The header {part} is missing.",
                    "missing_header", name, without(good, part), missing,
                ),
                _case(
                    f"headers-{name}-empty-{short}", f"The header {part} is there and empty.",
                    "malformed_header", name, with_value(good, part, ""),
                    f"the header {part} is empty",
                ),
            ]  # fmt: skip
        cases.append(
            _case(
                f"headers-{name}-none", "A request without a single header.",
                "missing_header", name, [], f"the header {sample.signature_header} is missing",
            )
        )  # fmt: skip
    return cases


def _names() -> List[Case]:
    good = SAMPLES["standard"].headers()
    return [
        _case(
            "headers-upper-case-names", "Names compare without regard to case.",
            "accept", "standard", [(key.upper(), value) for key, value in good],
        ),
        _case(
            "headers-mixed-case-names", "Names as HTTP/1.1 servers often write them.",
            "accept", "standard", [(key.title(), value) for key, value in good],
        ),
        verify_case(
            "headers-first-and-last-letter", "A and Z have a lower case too.", "accept",
            scheme={"name": "letters", "headers": {"signature": "x-az-signature"}},
            secrets=[TEXT_SECRET], body=b"{}", now=NOW,
            headers=[("X-AZ-SIGNATURE", tag(TEXT_SECRET.encode(), b"{}").hex())],
        ),
        _case(
            "headers-named-like-fields",
            "Headers that bear the names of the body's fields play no part.",
            "accept", "sha256",
            SAMPLES["sha256"].headers() + [("id", ""), ("id", "x"), ("type", "\u00e9")],
            gives={"id": MSG, "dedupe_key": None},
        ),
        _case(
            "headers-reverse-order", "The order of the headers plays no part.",
            "accept", "standard", good[::-1],
        ),
        _case(
            "headers-kelvin-sign-name",
            "Names compare as ASCII: the Kelvin sign, whose lower case is k, is no k.",
            "missing_header", "standard",
            [(key.replace("webhook", "webhoo\u212a"), value) for key, value in good],
            "the header webhook-signature is missing",
        ),
        _case(
            "headers-underscore-name", "An underscore is no hyphen.",
            "missing_header", "standard", [(key.replace("-", "_"), value) for key, value in good],
        ),
        _case(
            "headers-name-with-space", "A name with a space after it is another name.",
            "missing_header", "standard", [(key + " ", value) for key, value in good],
        ),
    ]  # fmt: skip


def _instances() -> List[Case]:
    good = SAMPLES["standard"].headers()
    github = SAMPLES["github"].headers()
    stripe = SAMPLES["stripe"].headers()
    cases = [
        _case(
            f"headers-{part}-twice-same",
            f"The header webhook-{part} comes twice with one value, in two cases of its name.",
            "accept", "standard",
            good + [(f"Webhook-{part.title()}", value_of(good, f"webhook-{part}"))],
        )
        for part in ("signature", "id", "timestamp")
    ]  # fmt: skip
    cases += [
        _case(
            f"headers-{part}-twice-different",
            f"The header webhook-{part} comes twice with different values.",
            "conflicting_header", "standard", good + [(f"WEBHOOK-{part.upper()}", other)],
            f"the header webhook-{part} {_CONFLICT}",
        )
        for part, other in (
            ("signature", v1(b"{}")), ("id", MSG + "0"), ("timestamp", str(NOW + 1)),
        )
    ]  # fmt: skip
    return cases + [
        _case(
            "headers-twice-differ-in-space", "Values are compared as they are, spaces included.",
            "conflicting_header", "github",
            github + [("x-hub-signature-256", value_of(github, "x-hub-signature-256") + " ")],
            _CONFLICT,
        ),
        _case(
            "headers-twice-differ-in-case", "Values are compared as they are, case included.",
            "conflicting_header", "github",
            github + [("x-hub-signature-256", value_of(github, "x-hub-signature-256").upper())],
            _CONFLICT,
        ),
        _case(
            "headers-twice-one-empty", "An empty second instance is a different value.",
            "conflicting_header", "stripe", stripe + [("stripe-signature", "")], _CONFLICT,
        ),
        _case(
            "headers-three-times-third-differs", "The third instance differs from the first two.",
            "conflicting_header", "stripe", stripe * 2 + [("stripe-signature", "t=1")], _CONFLICT,
        ),
        _case(
            "headers-joined-by-proxy",
            "Two instances that a proxy joined with a comma and a space are one malformed value.",
            "malformed_signature", "github",
            with_value(
                github, "x-hub-signature-256",
                ", ".join([value_of(github, "x-hub-signature-256")] * 2),
            ),
        ),
        _case(
            "headers-optional-twice-different",
            "A header that gives the event's type is checked too, although it is optional.",
            "conflicting_header", "github", github + [("x-github-event", "issues")],
            f"the header x-github-event {_CONFLICT}",
        ),
        _case(
            "headers-optional-twice-same", "One value twice is one value.",
            "accept", "github", github + [("x-github-event", "push")],
        ),
    ]  # fmt: skip


def _characters() -> List[Case]:
    good = SAMPLES["standard"].headers()
    signature = value_of(good, "webhook-signature")
    cases = [
        _case(
            f"headers-id-with-{called}", f"The id holds {what}.",
            "malformed_header", "standard", standard(SAMPLES["standard"].body, msg=f"msg{char}1"),
            f"the header webhook-id {_NOT_VISIBLE}",
        )
        for called, what, char in (
            ("nul", "U+0000", "\0"),
            ("tab", "a tab", "\t"),
            ("line-feed", "a line feed", "\n"),
            ("carriage-return", "a carriage return", "\r"),
            ("delete", "U+007F", "\x7f"),
            ("latin-1", "a character of Latin-1", "\u00e9"),
            ("no-break-space", "U+00A0", "\u00a0"),
            ("emoji", "a character beyond the first plane", "\U0001f511"),
        )
    ]  # fmt: skip
    return cases + [
        _case(
            "headers-id-visible-ascii", "Every visible ASCII character but the dot, and spaces.",
            "accept", "standard",
            standard(SAMPLES["standard"].body, msg="! \"#$%&'()*+,-/09:;<=>?@AZ[\\]^_`az{|}~"),
            gives={"id": "! \"#$%&'()*+,-/09:;<=>?@AZ[\\]^_`az{|}~"},
        ),
        _case(
            "headers-id-with-separator", "A dot in the id would make the signed content ambiguous.",
            "malformed_header", "standard", standard(SAMPLES["standard"].body, msg="msg.1"),
            f"the header webhook-id {_ENDS_ID}",
        ),
        _case(
            "headers-svix-id-with-separator", "The same rule holds for svix-id.",
            "malformed_header", "svix", svix(SAMPLES["svix"].body, msg="msg_1."),
            f"the header svix-id {_ENDS_ID}",
        ),
        _case(
            "headers-github-delivery-with-dot", "An id that is not signed may hold any dot.",
            "accept", "github", with_value(SAMPLES["github"].headers(), "x-github-delivery", "a.b"),
            gives={"id": "a.b"},
        ),
        _case(
            "headers-signature-newline", "A line feed after the signature.",
            "malformed_header", "standard",
            with_value(good, "webhook-signature", signature + "\n"),
            f"the header webhook-signature {_NOT_VISIBLE}",
        ),
        _case(
            "headers-signature-fullwidth-comma", "A full-width comma is no comma.",
            "malformed_header", "standard",
            with_value(good, "webhook-signature", signature.replace(",", "\uff0c")),
            f"the header webhook-signature {_NOT_VISIBLE}",
        ),
        _case(
            "headers-optional-latin-1", "An optional header of the event holds Latin-1.",
            "malformed_header", "shopify",
            with_value(SAMPLES["shopify"].headers(), "x-shopify-topic", "caf\u00e9/create"),
            f"the header x-shopify-topic {_NOT_VISIBLE}",
        ),
        _case(
            "headers-optional-empty", "An optional header of the event is empty.",
            "malformed_header", "shopify",
            with_value(SAMPLES["shopify"].headers(), "x-shopify-webhook-id", ""),
            "the header x-shopify-webhook-id is empty",
        ),
        _case(
            "headers-optional-event-id-control", "The event id's header holds a control character.",
            "malformed_header", "sha256",
            with_value(SAMPLES["sha256"].headers(), "x-webhook-event-id", "evt\x1b[31m"),
            f"the header x-webhook-event-id {_NOT_VISIBLE}",
        ),
    ]  # fmt: skip


def _sets() -> List[Case]:
    sample = SAMPLES["svix"]
    body = sample.body
    new, old = svix(body), standard(body)
    return [
        _case(
            "headers-svix-both-sets", "Both sets are complete and fit: svix-* is used.",
            "accept", "svix", standard(body, msg="msg_old") + new, gives={"id": MSG},
        ),
        _case(
            "headers-svix-second-set-broken", "The set that is not used may hold anything.",
            "accept", "svix", new + with_value(old, "webhook-id", "") + [("webhook-id", "\u00e9")],
        ),
        _case(
            "headers-svix-first-set-broken", "The first complete set is used even if malformed.",
            "malformed_header", "svix", with_value(new, "svix-id", "") + old,
            "the header svix-id is empty",
        ),
        _case(
            "headers-svix-first-set-incomplete",
            "The first set lacks its id: the second, complete one is used.",
            "accept", "svix", without(new, "svix-id") + old, gives={"id": MSG},
        ),
        _case(
            "headers-svix-mixed", "A mix of both sets is not a set; one svix-* header is missing.",
            "missing_header", "svix", new[:2] + old[2:], "the header svix-signature is missing",
        ),
        _case(
            "headers-svix-mixed-mostly-webhook",
            "The second set is nearer to complete: what it lacks is reported.",
            "missing_header", "svix", new[:1] + old[1:], "the header webhook-id is missing",
        ),
        _case(
            "headers-svix-two-of-three-each", "Both sets lack one header: the first is reported.",
            "missing_header", "svix", without(new, "svix-timestamp") + without(old, "webhook-id"),
            "the header svix-timestamp is missing",
        ),
        _case(
            "headers-svix-one-each", "Both sets lack two: the first missing of the first set.",
            "missing_header", "svix", new[:1] + old[:1], "the header svix-signature is missing",
        ),
        _case(
            "headers-standard-not-svix", "The standard scheme has no fallback to svix-*.",
            "missing_header", "standard", svix(SAMPLES["standard"].body),
            "the header webhook-signature is missing",
        ),
    ]  # fmt: skip


def _order() -> List[Case]:
    good = SAMPLES["standard"].headers()
    return [
        _case(
            "headers-order-missing-first", "A missing header is reported before a malformed one.",
            "missing_header", "standard",
            with_value(without(good, "webhook-timestamp"), "webhook-signature", ""),
            "the header webhook-timestamp is missing",
        ),
        _case(
            "headers-order-two-missing", "Of two missing ones, id comes before timestamp.",
            "missing_header", "standard", good[2:], "the header webhook-id is missing",
        ),
        _case(
            "headers-order-signature-first", "The signature's header is checked before the id's.",
            "malformed_header", "standard",
            with_value(with_value(good, "webhook-id", ""), "webhook-signature", "\u00e9"),
            f"the header webhook-signature {_NOT_VISIBLE}",
        ),
        _case(
            "headers-order-id-before-timestamp", "The id is checked before the timestamp.",
            "conflicting_header", "standard",
            with_value(good, "webhook-timestamp", "") + [("webhook-id", "other")],
            f"the header webhook-id {_CONFLICT}",
        ),
        _case(
            "headers-order-conflict-first", "A conflict is reported before an empty value.",
            "conflicting_header", "standard",
            with_value(good, "webhook-id", "") + [("webhook-id", MSG)],
            f"the header webhook-id {_CONFLICT}",
        ),
        _case(
            "headers-order-set-before-optional",
            "The set's headers are checked before those that the event comes from.",
            "malformed_header", "github",
            with_value(
                with_value(SAMPLES["github"].headers(), "x-hub-signature-256", ""),
                "x-github-delivery", "\u00e9",
            ),
            "the header x-hub-signature-256 is empty",
        ),
        _case(
            "headers-order-event-id-before-type",
            "Of the headers that the event comes from, the id's is first.",
            "malformed_header", "github",
            with_value(
                with_value(SAMPLES["github"].headers(), "x-github-event", ""),
                "x-github-delivery", "\u00e9",
            ),
            "the header x-github-delivery holds",
        ),
        _case(
            "headers-order-before-timestamp-form",
            "A malformed header is reported before a malformed timestamp.",
            "malformed_header", "standard",
            with_value(with_value(good, "webhook-timestamp", "soon"), "webhook-id", "a.b"),
            _ENDS_ID,
        ),
        _case(
            "headers-order-timestamp-before-signature",
            "A malformed timestamp is reported before a malformed signature.",
            "malformed_timestamp", "standard",
            with_value(with_value(good, "webhook-timestamp", "soon"), "webhook-signature", "v1,"),
        ),
        _case(
            "headers-order-optional-before-signature",
            "A malformed optional header is reported before a signature that does not fit.",
            "malformed_header", "shopify",
            with_value(
                with_value(SAMPLES["shopify"].headers(), "x-shopify-hmac-sha256", b64(bytes(32))),
                "x-shopify-topic", "",
            ),
            "the header x-shopify-topic is empty",
        ),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-headers.json",
        "verify",
        "Which headers are used, repeated headers, their characters, and the order of the checks.",
        _of_each_scheme() + _names() + _instances() + _characters() + _sets() + _order(),
    )
