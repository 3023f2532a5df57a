"""A sender whose secret is being replaced signs with the new and the old one, where it can."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, Sequence

from casebook import Case, Topic, sign_case
from fixtures import (
    MSG,
    NOW,
    STANDARD_OTHER,
    STANDARD_SECRET,
    STANDARD_THIRD,
    STRIPE_OTHER,
    STRIPE_SECRET,
    TEXT_OTHER,
    TEXT_SECRET,
    TEXT_THIRD,
    Headers,
    b64,
    sha256_equals,
    slack,
    stripe_v1,
    tag,
    v1,
)

_BODY = b'{"type":"ping"}'
_TEXTS = [TEXT_SECRET, TEXT_OTHER, TEXT_THIRD]
_KEYS = [text.encode() for text in _TEXTS]


def _case(called: str, about: str, want: Headers, by: Sequence[int], **parts: Any) -> Case:
    """`by` are the secrets each of which alone verifies."""
    return sign_case(
        f"sign-every-{called}", about, want, verified_by=by,
        **{"message_id": MSG, "body": _BODY, "now": NOW, **parts},
    )  # fmt: skip


def _standard(*secrets: str, family: str = "webhook", body: bytes = _BODY) -> Headers:
    return [
        (f"{family}-id", MSG),
        (f"{family}-timestamp", str(NOW)),
        (f"{family}-signature", " ".join(v1(body, secret=secret) for secret in secrets)),
    ]


def _stripe(*secrets: str) -> Headers:
    entries = [f"t={NOW}", *(stripe_v1(_BODY, secret=secret) for secret in secrets)]
    return [("stripe-signature", ",".join(entries))]


def _lists() -> List[Case]:
    new, old, oldest = STANDARD_SECRET, STANDARD_OTHER, STANDARD_THIRD
    any_bytes = bytes(range(256))
    return [
        _case("standard", "Standard Webhooks: two signatures with a space between them.",
              _standard(new, old), [0, 1], scheme="standard", secrets=[new, old]),
        _case("standard-order", "In the order of the secrets.",
              _standard(old, new), [0, 1], scheme="standard", secrets=[old, new]),
        _case("standard-one", "A single secret signs alone.",
              _standard(new), [0], scheme="standard", secrets=[new]),
        _case("standard-three", "Three secrets.",
              _standard(new, old, oldest), [0, 1, 2],
              scheme="standard", secrets=[new, old, oldest]),
        _case("standard-twice", "A secret that is given twice signs twice.",
              _standard(new, new), [0, 1], scheme="standard", secrets=[new, new]),
        _case("standard-any-bytes", "A body that is no text.",
              _standard(new, old, body=any_bytes), [0, 1],
              scheme="standard", secrets=[new, old], body=any_bytes),
        _case("svix", "Svix does the same, under its own names.",
              _standard(new, old, family="svix"), [0, 1], scheme="svix", secrets=[new, old]),
        _case("stripe", "Stripe: one timestamp, then a v1 entry for each secret.",
              _stripe(STRIPE_SECRET, STRIPE_OTHER), [0, 1],
              scheme="stripe", secrets=[STRIPE_SECRET, STRIPE_OTHER]),
    ]  # fmt: skip


def _without_lists() -> List[Case]:
    """The first signs alone, and who knows the second only cannot verify."""
    headers: Dict[str, Headers] = {
        "github": [("x-github-delivery", MSG), ("x-hub-signature-256", sha256_equals(_BODY))],
        "meta": [("x-hub-signature-256", sha256_equals(_BODY))],
        "sha256": [("x-webhook-event-id", MSG), ("x-webhook-signature", sha256_equals(_BODY))],
        "shopify": [
            ("x-shopify-webhook-id", MSG),
            ("x-shopify-hmac-sha256", b64(tag(_KEYS[0], _BODY))),
        ],
        "slack": [(name.lower(), value) for name, value in slack(_BODY)],
    }
    return [
        _case(scheme, "Its header holds one signature: the first secret's.", headers[scheme], [0],
              scheme=scheme, secrets=_TEXTS[:2])
        for scheme in sorted(headers)
    ]  # fmt: skip


def _bound() -> List[Case]:
    """A receiver compares 64 signatures."""
    keys = [f"the secret that was number {number}".encode() for number in range(70)]
    texts = [f"whsec_{b64(key)}" for key in keys]
    return [
        _case(f"{count}-secrets", about, _standard(*texts[:signing]), range(signing),
              scheme="standard", secrets=texts[:count])
        for count, signing, about in (
            (64, 64, "As many signatures as a receiver compares."),
            (65, 64, "One more than a receiver compares: the last does not sign."),
            (70, 64, "The first 64 sign; what no receiver would compare is not written."),
        )
    ]  # fmt: skip


def _described() -> List[Case]:
    def case(called: str, about: str, parts: Dict[str, Any], value: str, by: Sequence[int],
             **more: Any) -> Case:  # fmt: skip
        scheme = {"name": "custom", "headers": {"signature": "x-signature"}, **parts}
        return _case(f"custom-{called}", about, [("x-signature", value)], by,
                     scheme=scheme, secrets=_TEXTS, **more)  # fmt: skip

    hexes = [tag(key, _BODY).hex() for key in _KEYS]
    stamped = [tag(key, b"%d." % NOW + _BODY).hex() for key in _KEYS]
    all_three = [0, 1, 2]
    labelled = {"prefix": "h1=", "timestamp_label": "ts", "content": "{timestamp}.{body}"}
    return [
        case("comma", "A comma between signatures without a prefix.",
             {"separator": ","}, ",".join(hexes), all_three),
        case("semicolon", "A semicolon, and a prefix before each signature.",
             {"separator": ";", "prefix": "sha256="},
             ";".join(f"sha256={one}" for one in hexes), all_three),
        case("space-base64", "A space between signatures in base64.",
             {"separator": " ", "prefix": "v1,", "encoding": "base64"},
             " ".join(f"v1,{b64(tag(key, _BODY))}" for key in _KEYS), all_three),
        case("sha512-upper", "SHA-512 in upper-case hexadecimal.",
             {"separator": ",", "algorithm": "hmac-sha512", "encoding": "hex-upper"},
             ",".join(tag(key, _BODY, "sha512").hex().upper() for key in _KEYS), all_three),
        case("label-semicolon", "The timestamp's entry stands first, once.",
             {**labelled, "separator": ";"},
             ";".join([f"ts={NOW}", *(f"h1={one}" for one in stamped)]), all_three),
        case("label-space", "The same with a space.", {**labelled, "separator": " "},
             " ".join([f"ts={NOW}", *(f"h1={one}" for one in stamped)]), all_three),
        case("label-comma-and-space", "A space after each separator.",
             {**labelled, "separator": ", "},
             ", ".join([f"ts={NOW}", *(f"h1={one}" for one in stamped)]), all_three),
        case("no-separator", "Without a separator the first signs alone.",
             {"prefix": "sha256="}, f"sha256={hexes[0]}", [0]),
        case("method-and-url", "Each signs the method and the URL, too.",
             {"separator": ",", "content": "{method} {url} {body}"},
             ",".join(tag(key, b"POST https://example.com/ " + _BODY).hex() for key in _KEYS),
             all_three, method="POST", url="https://example.com/"),
    ]  # fmt: skip


def _refused() -> List[Case]:
    return [
        sign_case(
            "sign-every-standard-no-id", "What is refused of one secret is refused of several.",
            "missing_context", scheme="standard", secrets=[STANDARD_SECRET, STANDARD_OTHER],
            every_secret_signs=True, body=_BODY, now=NOW, says="the scheme needs the message's id",
        ),
    ]  # fmt: skip


def _other_proofs() -> List[Case]:
    further = {
        "name": "custom", "headers": {"signature": "x-proof-1"},
        "further_signatures": ["x-proof-2", "x-proof-3"],
    }  # fmt: skip
    names = ("x-proof-1", "x-proof-2", "x-proof-3")
    tags = [tag(key, _BODY).hex() for key in _KEYS]
    token = {
        "name": "custom", "headers": {"signature": "x-token"}, "algorithm": "token", "content": "",
    }  # fmt: skip
    plain = {
        "name": "custom", "headers": {"signature": "x-proof"}, "separator": ",",
        "algorithm": "plain-sha256", "content": "{secret}{body}",
    }  # fmt: skip
    digests = [hashlib.sha256(key + _BODY).hexdigest() for key in _KEYS]
    return [
        _case("further", "Each secret has a header of its own.",
              list(zip(names, tags)), [0, 1, 2], scheme=further, secrets=_TEXTS),
        _case("further-two", "Two secrets, three headers.",
              list(zip(names, tags[:2])), [0, 1], scheme=further, secrets=_TEXTS[:2]),
        _case("further-four", "More secrets than headers: the last signs nothing.",
              list(zip(names, tags)), [0, 1, 2], scheme=further, secrets=[*_TEXTS, "one more"]),
        sign_case("sign-further-first", "If not every secret signs, the first does.",
                  [("x-proof-1", tags[0])], scheme=further, secrets=_TEXTS, body=_BODY, now=NOW),
        _case("token", "Of tokens the first is sent, where there is no list.",
              [("x-token", TEXT_SECRET)], [0], scheme=token, secrets=_TEXTS),
        sign_case("sign-token", "A token is sent as it is.", [("x-token", TEXT_SECRET)],
                  scheme=token, secrets=[TEXT_SECRET], body=_BODY, now=NOW),
        sign_case("sign-token-prefix", "After its prefix.", [("x-token", f"token={TEXT_SECRET}")],
                  scheme={**token, "prefix": "token="}, secrets=[TEXT_SECRET], body=_BODY, now=NOW),
        _case("token-list", "Every token of a list.", [("x-token", ",".join(_TEXTS))], [0, 1, 2],
              scheme={**token, "separator": ","}, secrets=_TEXTS),
        _case("plain-hash", "Every plain hash of a list has its own secret.",
              [("x-proof", ",".join(digests))], [0, 1, 2], scheme=plain, secrets=_TEXTS),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "sign-every-secret.json",
        "sign",
        "Signing with every secret, while a sender's secret is being replaced.",
        _lists() + _without_lists() + _bound() + _described() + _other_proofs() + _refused(),
    )
