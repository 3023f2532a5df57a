"""Schemes whose secret is a public key: Ed25519, ECDSA on P-256, RSA, and `v1a` of Standard Webhooks."""

from __future__ import annotations

import hashlib
from typing import Any, Callable, List, NamedTuple, Optional

from casebook import Case, Topic, verify_case
from fixtures import (
    MSG,
    NOW,
    STANDARD_OTHER,
    STANDARD_SECRET,
    Headers,
    b64,
    mapped,
    v1,
    value_of,
    with_value,
    without,
)
from key_fixtures import (
    EC_INFO,
    EC_OTHER_INFO,
    ED_INFO,
    ED_KEY,
    ED_OTHER,
    RSA_INFO,
    RSA_MODULUS,
    RSA_OTHER_INFO,
    WHPK,
    WHPK_OTHER,
    WHSK,
    Signer,
    b64url,
    by_ecdsa,
    by_ecdsa_fixed,
    by_ecdsa_high,
    by_ed25519,
    by_other_ed25519,
    by_rsa,
    ed25519_jwk,
    jwks,
    p256_jwk,
    pem,
    rsa_jwk,
    rsa_power,
    text_of,
)
from reference.asymmetric import ed25519, p256
from reference.asymmetric.der import write, write_integer

_MISMATCH, _BAD = "signature_mismatch", "malformed_signature"
_AGO, _AGO_SECONDS = "2023-11-14T22:13:10Z", NOW - 10
_INTERACTION = b'{"id":"846462639134605312","type":2,"data":{"name":"blep"}}'
_EMAILS = b'[{"email":"a@example.com","event":"processed","sg_event_id":"e1"}]\r\n'
_CIRCLE = (
    b'{"subscriptionId":"s1","notificationId":"n1","notificationType":"transactions.outbound",'
    b'"notification":{"id":"t1"},"timestamp":"2023-11-14T22:13:10Z","version":2}'
)
_CONTACT = b'{"type":"ContactCreate","webhookId":"w1","timestamp":"2023-11-14T22:13:10Z"}'
_STANDARD = b'{"type":"invoice.paid","timestamp":"2023-11-14T22:13:10Z","data":{"amount":1999}}'

Signed = Callable[[bytes, int], Headers]


class _Sample(NamedTuple):
    scheme: str
    body: bytes
    signed: Signed
    secret: str
    other: str
    signature_header: str
    timestamp_header: Optional[str]
    event: Any
    #: Whether the scheme checks the age.
    is_checked: bool = False


def _discord(body: bytes, at: int, signer: Signer = by_ed25519) -> Headers:
    return [
        ("X-Signature-Timestamp", str(at)),
        ("X-Signature-Ed25519", signer(str(at).encode() + body).hex()),
    ]


def _sendgrid(body: bytes, at: int, signer: Signer = by_ecdsa) -> Headers:
    return [
        ("X-Twilio-Email-Event-Webhook-Timestamp", str(at)),
        ("X-Twilio-Email-Event-Webhook-Signature", b64(signer(str(at).encode() + body))),
    ]


def _circle(body: bytes, at: int) -> Headers:
    return [("X-Circle-Signature", b64(by_ecdsa(body))), ("X-Circle-Key-Id", "k1")]


def _highlevel(body: bytes, at: int, signer: Signer = by_ed25519) -> Headers:
    return [("X-GHL-Signature", b64(signer(body)))]


def _highlevel_rsa(body: bytes, at: int, signer: Signer = by_rsa) -> Headers:
    return [("X-WH-Signature", b64(signer(body)))]


def _v1a(body: bytes, at: object = NOW, signer: Signer = by_ed25519, msg: str = MSG) -> str:
    return "v1a," + b64(signer(f"{msg}.{at}.".encode() + body))


def _standard(body: bytes, at: int, family: str = "webhook") -> Headers:
    return [
        (f"{family}-id", MSG), (f"{family}-timestamp", str(at)),
        (f"{family}-signature", _v1a(body, at)),
    ]  # fmt: skip


_TIMED = {"timestamp": _AGO_SECONDS}
_SAMPLES = [
    _Sample("discord", _INTERACTION, _discord, ED_KEY.hex(), ED_OTHER.hex(),
            "x-signature-ed25519", "x-signature-timestamp",
            {"id": "846462639134605312", "type": None, "timestamp": None,
             "dedupe_key": "discord:846462639134605312"}, True),
    _Sample("sendgrid", _EMAILS, _sendgrid, b64(EC_INFO), b64(EC_OTHER_INFO),
            "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp",
            {"id": None, "type": None, "dedupe_key": None, "data": _EMAILS.decode().strip()}),
    _Sample("circle", _CIRCLE, _circle, b64(EC_INFO), b64(EC_OTHER_INFO), "x-circle-signature",
            None, {"id": "n1", "type": "transactions.outbound", "dedupe_key": "circle:n1", **_TIMED}),
    _Sample("highlevel", _CONTACT, _highlevel, b64(ED_INFO), b64(ED_OTHER), "x-ghl-signature", None,
            {"id": "w1", "type": "ContactCreate", "dedupe_key": "highlevel:w1", **_TIMED}),
    _Sample("highlevel-rsa", _CONTACT, _highlevel_rsa, pem(RSA_INFO), pem(RSA_OTHER_INFO),
            "x-wh-signature", None,
            {"id": "w1", "type": "ContactCreate", "dedupe_key": "highlevel-rsa:w1", **_TIMED}),
    _Sample("standard", _STANDARD, _standard, WHPK, WHPK_OTHER, "webhook-signature",
            "webhook-timestamp",
            {"id": MSG, "type": "invoice.paid", "data": '{"amount":1999}', **_TIMED}, True),
    _Sample("svix", _STANDARD, lambda body, at: _standard(body, at, "svix"), WHPK, WHPK_OTHER,
            "svix-signature", "svix-timestamp",
            {"id": MSG, "type": "invoice.paid", "data": '{"amount":1999}'}, True),
]  # fmt: skip


def _bit(value: str) -> str:
    """Another signature of the same length: a character in its middle changed."""
    at = len(value) * 3 // 4
    return value[:at] + ("a" if value[at] != "a" else "b") + value[at + 1 :]


def _of_provider(sample: _Sample) -> List[Case]:
    headers = sample.signed(sample.body, NOW)
    signature = value_of(headers, sample.signature_header)

    def case(called: str, about: str, want: str, headers: Headers, body: bytes = sample.body,
             secrets: Optional[List[str]] = None, **more: Any) -> Case:  # fmt: skip
        return verify_case(
            f"public-{sample.scheme}-{called}", about, want, scheme=sample.scheme,
            secrets=secrets or [sample.secret], headers=headers, body=body, now=NOW, **more,
        )  # fmt: skip

    middle = len(sample.body) // 2
    name = sample.signature_header
    cases = [
        case("valid", f"What {sample.scheme} sends.", "accept", headers, event=sample.event),
        case("tampered-body", "Another body.", _MISMATCH, headers,
             sample.body[:middle] + b"0" + sample.body[middle:]),
        case("body-without-end", "The last byte is missing.", _MISMATCH, headers, sample.body[:-1]),
        case("tampered-signature", "Another signature.", _MISMATCH,
             with_value(headers, name, _bit(signature))),
        case("wrong-key", "Another key.", _MISMATCH, headers, secrets=[sample.other]),
        case("second-key", "The second of two keys.", "accept", headers,
             secrets=[sample.other, sample.secret], gives={"key_index": 1}),
        case("no-signature", "Without the signature.", "missing_header", without(headers, name)),
        case("empty-signature", "An empty signature.", "malformed_header",
             with_value(headers, name, "")),
        case("malformed-signature", "What is no signature.", _BAD, with_value(headers, name, "?")),
        case("short-signature", "A signature of four bytes.", _BAD,
             with_value(headers, name, _prefix(signature) + _short(signature))),
        case("space", "Spaces around the signature are no part of it.", "accept",
             mapped(headers, name, lambda value: f" {value} ")),
    ]  # fmt: skip
    if sample.timestamp_header is not None:
        cases.append(case("tampered-timestamp", "Another timestamp.", _MISMATCH,
                          with_value(headers, sample.timestamp_header, str(NOW - 1))))
        cases.append(case("malformed-timestamp", "What is no timestamp.", "malformed_timestamp",
                          with_value(headers, sample.timestamp_header, "now")))
        old, new = sample.signed(sample.body, NOW - 301), sample.signed(sample.body, NOW + 301)
        checked = sample.is_checked
        cases.append(case("old", "Of 301 seconds ago.",
                          "timestamp_too_old" if checked else "accept", old))
        cases.append(case("ahead", "In 301 seconds.",
                          "timestamp_too_new" if checked else "accept", new))
        if not checked:
            cases.append(case("stale", "An old request, where a tolerance is set.",
                              "timestamp_too_old", old, tolerance=(300, 300)))
    return cases


def _prefix(signature: str) -> str:
    return "v1a," if signature.startswith("v1a,") else ""


def _short(signature: str) -> str:
    return "AAECAw==" if "=" in signature or "+" in signature or "v1a" in signature else "00010203"


def _key_texts() -> List[Case]:
    def case(called: str, about: str, secret: str, scheme: str, headers: Headers,
             body: bytes) -> Case:  # fmt: skip
        return verify_case(f"public-key-{called}", about, "accept", scheme=scheme, secrets=[secret],
                           headers=headers, body=body, now=NOW)  # fmt: skip

    discord = ("discord", _discord(_INTERACTION, NOW), _INTERACTION)
    sendgrid = ("sendgrid", _sendgrid(_EMAILS, NOW), _EMAILS)
    of_rsa = ("highlevel-rsa", _highlevel_rsa(_CONTACT, NOW), _CONTACT)
    return [
        case("ed25519-hex-upper", "Hexadecimal in upper case.", ED_KEY.hex().upper(), *discord),
        case("ed25519-base64", "The 32 bytes in base64.", b64(ED_KEY), *discord),
        case("ed25519-base64-unpadded", "Base64 without padding.", b64(ED_KEY).rstrip("="), *discord),
        case("ed25519-base64-der", "Base64 of the DER.", b64(ED_INFO), *discord),
        case("ed25519-pem", "PEM.", pem(ED_INFO), *discord),
        case("ed25519-pem-crlf", "PEM whose lines end with CRLF.",
             pem(ED_INFO).replace("\n", "\r\n"), *discord),
        case("ed25519-pem-no-line-break", "PEM without a line break at its end.",
             pem(ED_INFO).rstrip(), *discord),
        case("ed25519-pem-line-breaks", "PEM with several line breaks at its end.",
             pem(ED_INFO) + "\n\r\n", *discord),
        case("ed25519-jwk", "A JWK.", text_of(ed25519_jwk()), *discord),
        case("ed25519-jwks", "A set of keys, of which the second fits, and others of other types.",
             jwks(rsa_jwk(), {"kty": "oct", "k": "AA"}, ed25519_jwk(ED_OTHER), ed25519_jwk()),
             *discord),
        case("ed25519-whpk", "The form of Standard Webhooks.", WHPK, *discord),
        case("ed25519-whsk", "A private key verifies, too.", WHSK, *discord),
        case("p256-pem", "PEM of P-256.", pem(EC_INFO), *sendgrid),
        case("p256-jwk", "A JWK of P-256.", text_of(p256_jwk()), *sendgrid),
        case("p256-compressed", "A point in compressed form.", b64(_compressed()), *sendgrid),
        case("rsa-base64-der", "Base64 of the DER of RSA.", b64(RSA_INFO), *of_rsa),
        case("rsa-jwk", "A JWK of RSA.", text_of(rsa_jwk()), *of_rsa),
        case("jwk-no-id", "Circle names a key, and that which is given has no id.",
             text_of(p256_jwk()), "circle", _circle(_CIRCLE, NOW), _CIRCLE),
        case("jwk-id", "It has the id that Circle names.", text_of(p256_jwk(kid="k1")),
             "circle", _circle(_CIRCLE, NOW), _CIRCLE),
    ]  # fmt: skip


def _compressed() -> bytes:
    point = EC_INFO[-64:]
    algorithm = EC_INFO[2:23]
    key = bytes([2 + point[-1] % 2]) + point[:32]
    return write(0x30, algorithm, write(0x03, b"\0" + key))


def _strictness() -> List[Case]:
    """Which of several forms of a signature are taken."""

    def discord(called: str, about: str, want: str, signature: bytes, **more: Any) -> Case:
        headers = [("X-Signature-Timestamp", str(NOW)), ("X-Signature-Ed25519", signature.hex())]
        return verify_case(f"public-ed25519-{called}", about, want, scheme="discord",
                           secrets=[ED_KEY.hex()], headers=headers, body=_INTERACTION, now=NOW,
                           **more)  # fmt: skip

    def sendgrid(called: str, about: str, want: str, signature: bytes, **more: Any) -> Case:
        headers = _sendgrid(_EMAILS, NOW, lambda message: signature)
        return verify_case(f"public-ecdsa-{called}", about, want, scheme="sendgrid",
                           secrets=[b64(EC_INFO)], headers=headers, body=_EMAILS, now=NOW,
                           **more)  # fmt: skip

    def of_rsa(called: str, about: str, want: str, signature: bytes, **more: Any) -> Case:
        headers = _highlevel_rsa(_CONTACT, NOW, lambda message: signature)
        return verify_case(f"public-rsa-{called}", about, want, scheme="highlevel-rsa",
                           secrets=[pem(RSA_INFO)], headers=headers, body=_CONTACT, now=NOW,
                           **more)  # fmt: skip

    right = by_ed25519(str(NOW).encode() + _INTERACTION)
    s = int.from_bytes(right[32:], "little")
    ec = by_ecdsa(str(NOW).encode() + _EMAILS)
    r, ec_s = p256.numbers_of_der(ec) or (0, 0)
    long_length = bytes([0x30, 0x81, len(ec) - 2]) + ec[2:]
    padded_r = write(0x30, write(2, b"\0\0" + r.to_bytes(32, "big")),
                     write_integer(min(ec_s, p256.N - ec_s)))  # fmt: skip
    rsa_right = by_rsa(_CONTACT)
    zero, order = b"\0" * 32, p256.N
    return [
        discord("s-not-reduced", "S plus the order of the group, which RFC 8032 refuses.", _MISMATCH,
                right[:32] + (s + ed25519.L).to_bytes(32, "little")),
        discord("s-high-bit", "A bit of S set that none has.", _MISMATCH,
                right[:63] + bytes([right[63] | 0x80])),
        discord("r-neutral", "R is the neutral element, S zero.", _MISMATCH,
                b"\1" + bytes(31) + zero),
        discord("r-not-canonical", "R is the neutral element in another encoding, S zero.", _MISMATCH,
                (ed25519.P + 1).to_bytes(32, "little") + zero),
        discord("all-zero", "64 zero bytes.", _MISMATCH, zero + zero),
        discord("one-byte-more", "A byte after the signature.", _BAD, right + b"\0",
                says="holds no 64-byte signature in canonical lower-case hexadecimal"),
        discord("one-byte-less", "A byte is missing.", _BAD, right[:-1]),
        verify_case("public-ed25519-upper-case", "Discord writes lower-case hexadecimal.", _BAD,
                    scheme="discord", secrets=[ED_KEY.hex()],
                    headers=mapped(_discord(_INTERACTION, NOW), "x-signature-ed25519", str.upper),
                    body=_INTERACTION, now=NOW),
        sendgrid("high-s", "The greater of s and n - s: ECDSA takes either.", "accept",
                 by_ecdsa_high(str(NOW).encode() + _EMAILS)),
        sendgrid("low-s", "The lesser of s and n - s.", "accept",
                 p256.der_of((r, min(ec_s, order - ec_s)))),
        sendgrid("negated-r", "n - r in place of r.", _MISMATCH, p256.der_of((order - r, ec_s))),
        sendgrid("s-plus-n", "s plus n.", _MISMATCH, p256.der_of((r, ec_s + order))),
        sendgrid("s-zero", "s is zero.", _MISMATCH, p256.der_of((r, 0))),
        sendgrid("r-zero", "r is zero.", _MISMATCH, p256.der_of((0, ec_s))),
        sendgrid("r-n", "r is n.", _MISMATCH, p256.der_of((order, ec_s))),
        sendgrid("ber-length", "A length in more bytes than DER has.", _MISMATCH, long_length),
        sendgrid("leading-zero", "A number with a zero byte too many.", _MISMATCH, padded_r),
        sendgrid("trailing-byte", "A byte after the signature.", _MISMATCH, ec + b"\0"),
        sendgrid("fixed", "The two numbers without DER.", _MISMATCH,
                 by_ecdsa_fixed(str(NOW).encode() + _EMAILS)),
        sendgrid("seven-bytes", "Shorter than any in DER.", _BAD, bytes(7),
                 says="holds no signature in canonical base64"),
        sendgrid("seventy-three-bytes", "Longer than any in DER.", _BAD, bytes(73)),
        of_rsa("plus-modulus", "The number plus the modulus.", _MISMATCH,
               _plus_modulus(rsa_right)),
        of_rsa("leading-zero", "A zero byte before it.", _MISMATCH, b"\0" + rsa_right),
        of_rsa("one-byte-less", "A byte is missing: no key is so short.", _BAD, rsa_right[:-1],
               says="holds no signature in canonical base64"),
        of_rsa("zero", "All zero.", _MISMATCH, bytes(256)),
        of_rsa("other-padding", "The digest after zero padding.", _MISMATCH, _raw_rsa()),
        of_rsa("longest", "Of 512 bytes, by a key of 2048 bits.", _MISMATCH, bytes(512)),
        of_rsa("too-long", "Of 513 bytes.", _BAD, bytes(513)),
    ]  # fmt: skip


def _plus_modulus(signature: bytes) -> bytes:
    number = int.from_bytes(signature, "big") + RSA_MODULUS
    return number.to_bytes(257, "big") if number >= 1 << 2048 else number.to_bytes(256, "big")


def _raw_rsa() -> bytes:
    return rsa_power(int.from_bytes(hashlib.sha256(_CONTACT).digest(), "big"))


def _mixed() -> List[Case]:
    """`v1` and `v1a` in one header, secrets of either kind."""
    both = f"{v1(_STANDARD)} {_v1a(_STANDARD)}"
    reversed_both = f"{_v1a(_STANDARD)} {v1(_STANDARD)}"

    def case(called: str, about: str, want: str, secrets: List[str], value: str,
             scheme: str = "standard", **more: Any) -> Case:  # fmt: skip
        headers: Headers = [
            ("webhook-id", MSG), ("webhook-timestamp", str(NOW)), ("webhook-signature", value),
        ]  # fmt: skip
        return verify_case(f"public-v1a-{called}", about, want, scheme=scheme, secrets=secrets,
                           headers=headers, body=_STANDARD, now=NOW, **more)  # fmt: skip

    unsupported = "unsupported_signature"
    fresh_v1a = _v1a(_STANDARD)
    other_v1a = _v1a(_STANDARD, signer=by_other_ed25519)
    second = {"gives": {"key_index": 1}}
    return [
        case("both-whsec", "Both versions; the secret is shared.", "accept", [STANDARD_SECRET], both),
        case("both-whpk", "Both versions; the secret is a public key.", "accept", [WHPK], both),
        case("both-reversed-whsec", "In the other order.", "accept", [STANDARD_SECRET], reversed_both),
        case("both-reversed-whpk", "In the other order.", "accept", [WHPK], reversed_both),
        case("both-both", "Secrets of both kinds: the first is taken.", "accept",
             [WHPK, STANDARD_SECRET], both),
        case("both-both-reversed", "The first is the shared one.", "accept",
             [STANDARD_SECRET, WHPK], both),
        case("first-does-not-fit", "The shared secret is another.", "accept",
             [STANDARD_OTHER, WHPK], both, **second),
        case("second-fits", "The public key is another.", "accept",
             [WHPK_OTHER, STANDARD_SECRET], both, **second),
        case("none-fits", "Neither is right.", _MISMATCH, [WHPK_OTHER, STANDARD_OTHER], both),
        case("v1-alone-both", "A v1 signature alone, secrets of both kinds.", "accept",
             [WHPK, STANDARD_SECRET], v1(_STANDARD), **second),
        case("v1a-alone-both", "A v1a signature alone, secrets of both kinds.", "accept",
             [STANDARD_SECRET, WHPK], fresh_v1a, **second),
        case("v1a-alone-whsec", "A v1a signature, and no public key.", unsupported,
             [STANDARD_SECRET], fresh_v1a, says="holds no v1 signature, only other versions"),
        case("v1-alone-whpk", "A v1 signature, and no shared secret.", unsupported, [WHPK],
             v1(_STANDARD), says="holds no v1a signature, only other versions"),
        case("v2-whpk", "A version that nobody has.", unsupported, [WHPK], "v2," + b64(bytes(64))),
        case("v2-both", "The same, with secrets of both kinds.", unsupported,
             [WHPK, STANDARD_SECRET], "v2," + b64(bytes(64)), says="no v1 signature"),
        case("svix-webhook-headers", "Svix's other names of headers.", "accept", [WHPK], both, "svix"),
        case("openai", "Others of the family take it, too.", "accept", [WHPK], fresh_v1a, "openai"),
        case("whsk", "A private key verifies.", "accept", [WHSK], fresh_v1a),
        case("tag-as-v1a", "A tag of v1 called v1a.", _BAD, [WHPK], v1(_STANDARD).replace("v1,", "v1a,"),
             says="no 64-byte signature in canonical base64 after v1a,"),
        case("signature-as-v1", "A signature of v1a called v1.", _BAD, [STANDARD_SECRET],
             fresh_v1a.replace("v1a,", "v1,"), says="no 32-byte signature in canonical base64 after v1,"),
        case("hmac-by-public-key", "A tag whose key is the public key.", _MISMATCH, [WHPK],
             f"{v1(_STANDARD, secret='whsec_' + b64(ED_KEY))} {other_v1a}"),
        case("hmac-by-public-key-alone", "The same alone is of another version.", unsupported, [WHPK],
             v1(_STANDARD, secret="whsec_" + b64(ED_KEY))),
        case("unpadded", "Base64 without its padding.", _BAD, [WHPK], fresh_v1a.rstrip("=")),
        case("after-others", "After three others.", "accept", [WHPK],
             " ".join([other_v1a] * 3 + [fresh_v1a])),
        case("fifth", "The fifth signature of a public key is not verified.", _MISMATCH, [WHPK],
             " ".join([other_v1a] * 4 + [fresh_v1a])),
        case("malformed-before", "Ten that are malformed do not count.", "accept", [WHPK],
             " ".join(["v1a,AAAA"] * 10 + [fresh_v1a])),
        case("after-many-v1", "Of v1 there may be more.", "accept", [WHPK, STANDARD_OTHER],
             " ".join([v1(_STANDARD)] * 63 + [fresh_v1a])),
        case("other-id", "Another id.", _MISMATCH, [WHPK], _v1a(_STANDARD, msg="msg_other")),
        case("other-time", "Another time.", _MISMATCH, [WHPK], _v1a(_STANDARD, at=NOW - 1)),
    ]  # fmt: skip


def _described() -> List[Case]:
    """Schemes that a program describes."""

    def case(called: str, about: str, want: str, parts: Any, secret: str, value: str,
             body: bytes = b"{}", **more: Any) -> Case:  # fmt: skip
        scheme = {"name": "custom", "headers": {"signature": "x-signature"}, "key": "public-key", **parts}
        return verify_case(f"public-described-{called}", about, want, scheme=scheme, secrets=[secret],
                           headers=[("X-Signature", value)], body=body, now=NOW, **more)  # fmt: skip

    of_ed25519 = {"algorithm": "ed25519", "encoding": "base64url"}
    listed = {**of_ed25519, "prefix": "ed=", "separator": ","}
    right = b64url(by_ed25519(b"{}"))
    crc, digest = "2745614147", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    return [
        case("ed25519", "Ed25519 in base64url.", "accept", of_ed25519, WHPK, right),
        case("list", "A list with a prefix.", "accept", listed, WHPK, f"v1=x,ed=?,ed={right}"),
        case("list-unsupported", "A list of other versions.", "unsupported_signature", listed, WHPK,
             f"v1={right}", says="no ed signature"),
        case("ecdsa", "ECDSA in hexadecimal.", "accept",
             {"algorithm": "ecdsa-p256-sha256", "encoding": "hex-any-case"}, pem(EC_INFO),
             by_ecdsa(b"{}").hex().upper()),
        case("rsa", "RSA in base64.", "accept", {"algorithm": "rsa-pkcs1-sha256", "encoding": "base64"},
             text_of(rsa_jwk()), b64(by_rsa(b"{}"))),
        case("crc32", "The CRC-32 of the body.", "accept", {**of_ed25519, "content": "a{crc32}b{body}"},
             WHPK, b64url(by_ed25519(f"a{crc}b{{}}".encode()))),
        case("sha256", "The SHA-256 of the body.", "accept", {**of_ed25519, "content": "{sha256}"},
             WHPK, b64url(by_ed25519(digest.encode()))),
        case("crc32-and-sha256", "Both, and the body.", "accept",
             {**of_ed25519, "content": "{sha256}.{crc32}.{body}"}, WHPK,
             b64url(by_ed25519(f"{digest}.{crc}.{{}}".encode()))),
        case("crc32-tampered", "Another body.", _MISMATCH,
             {**of_ed25519, "content": "{crc32}{body}"}, WHPK,
             b64url(by_ed25519(f"{crc}{{}}".encode())), b"{ }"),
        case("crc32-empty", "Of an empty body it is 0.", "accept",
             {**of_ed25519, "content": "{crc32}{body}"}, WHPK, b64url(by_ed25519(b"0")), b"",
             event="payload_not_json"),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [case for sample in _SAMPLES for case in _of_provider(sample)]
    return Topic(
        "public-keys.json",
        "verify",
        "Signatures by Ed25519, ECDSA on P-256 and RSA whose public key is the secret; v1a of Standard"
        " Webhooks beside v1; which forms of a key and of a signature are taken.",
        cases + _key_texts() + _strictness() + _mixed() + _described(),
    )
