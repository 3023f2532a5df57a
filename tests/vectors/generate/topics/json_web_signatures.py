"""JSON Web Signatures that hold the digest of the body, by Plaid's keys."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from casebook import Case, Topic, verify_case
from fixtures import NOW
from key_fixtures import (
    EC_INFO,
    EC_OTHER_POINT,
    Signer,
    b64url,
    by_ecdsa,
    by_ecdsa_fixed,
    by_ed25519,
    by_other_ecdsa_fixed,
    by_rsa,
    by_secret,
    digest_base64,
    digest_hex,
    jwks,
    no_signature,
    p256_jwk,
    pem,
    rsa_jwk,
    text_of,
    token,
)
from reference.asymmetric import p256

_MISMATCH, _NEEDED, _BAD_KEY = "signature_mismatch", "key_needed", "malformed_key"
_BAD, _UNSUPPORTED, _BAD_TIME = "malformed_signature", "unsupported_signature", "malformed_timestamp"
_OTHER_TYPE = "of another type than the scheme's"
_PLAID = b'{\n  "error": null,\n  "item_id": "i1",\n  "webhook_code": "DEFAULT_UPDATE"\n}'
_KID = "6c5516e1-92dc-479e-a8ff-5a51992e0001"
_HEAD = {"alg": "ES256", "kid": _KID, "typ": "JWT"}


_CLAIMS = {"iat": NOW, "request_body_sha256": digest_hex(_PLAID)}
_JWK = text_of(p256_jwk(kid=_KID, use="sig", alg="ES256"))
_VALID = token(_HEAD, _CLAIMS, by_ecdsa_fixed)


def _plaid(called: str, about: str, want: str, value: str = _VALID, *, body: bytes = _PLAID,
           secrets: Sequence[str] = (_JWK,), **more: Any) -> Case:  # fmt: skip
    return verify_case(
        f"jws-plaid-{called}", about, want, scheme="plaid", secrets=secrets,
        headers=[("Plaid-Verification", value)], body=body, now=NOW, **more,
    )  # fmt: skip


def _claims(**changed: Any) -> Dict[str, Any]:
    merged = {**_CLAIMS, **changed}
    return {name: value for name, value in merged.items() if value is not None}


def _signed(head: Any = _HEAD, claims: Any = _CLAIMS, signer: Signer = by_ecdsa_fixed) -> str:
    return token(head, claims, signer)


def _plaid_claims() -> List[Case]:
    at = lambda iat: _signed(claims=_claims(iat=iat))  # noqa: E731
    raw = '{"iat":%s,"request_body_sha256":"%s"}'
    stale = "timestamp_too_old"
    return [
        _plaid("valid", "What Plaid sends.", "accept", gives={"timestamp": NOW, "id": None},
               event={"id": None, "type": "DEFAULT_UPDATE", "dedupe_key": None}),
        _plaid("tampered-body", "Another body.", _MISMATCH, body=_PLAID.replace(b"i1", b"i2")),
        _plaid("body-compact", "The same JSON in other bytes.", _MISMATCH,
               body=_PLAID.replace(b"\n", b"").replace(b" ", b"")),
        _plaid("digest-of-other-body", "The digest of another body.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=digest_hex(b"{}")))),
        _plaid("digest-upper-case", "The digest in capitals, which Plaid does not write.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=digest_hex(_PLAID).upper()))),
        _plaid("digest-base64", "The digest in base64.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=digest_base64(_PLAID)))),
        _plaid("digest-cut", "The beginning of the digest.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=digest_hex(_PLAID)[:32]))),
        _plaid("digest-empty", "An empty digest.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=""))),
        _plaid("digest-number", "A digest that is a number.", _MISMATCH,
               _signed(claims=_claims(request_body_sha256=5))),
        _plaid("digest-null", "A digest that is null.", _MISMATCH,
               _signed(claims=raw.replace('"%s"', "null%s") % (NOW, ""))),
        _plaid("no-digest", "No digest.", _MISMATCH, _signed(claims={"iat": NOW})),
        _plaid("digest-twice", "Two digests.", _BAD,
               _signed(claims=raw[:-1] % (NOW, digest_hex(b"{}")) + f',"request_body_sha256":"{digest_hex(_PLAID)}"}}')),
        _plaid("digest-escaped", "A digest with an escape is the same.", "accept",
               _signed(claims=raw % (NOW, f"\\u{ord(digest_hex(_PLAID)[0]):04x}" + digest_hex(_PLAID)[1:]))),
        _plaid("old", "Of 300 seconds ago.", "accept", at(NOW - 300)),
        _plaid("stale", "Of 301 seconds ago.", stale, at(NOW - 301)),
        _plaid("ahead", "In the future, which Plaid's documentation does not refuse.", "accept",
               at(NOW + 9999)),
        _plaid("stale-and-tampered", "Stale, and of another body: the body counts.", _MISMATCH,
               at(NOW - 301), body=b"{}"),
        _plaid("no-iat", "Without a time.", _BAD_TIME, _signed(claims=_claims(iat=None)),
               says="the timestamp is not a Unix time in whole seconds"),
        _plaid("iat-fraction", "A time with a fraction.", _BAD_TIME, at(NOW + 0.5)),
        _plaid("iat-text", "A time that is a text.", _BAD_TIME, at(str(NOW))),
        _plaid("iat-negative", "A time before 1970.", _BAD_TIME, at(-1)),
        _plaid("iat-exponent", "A time with an exponent.", _BAD_TIME,
               _signed(claims=raw % ("17e8", digest_hex(_PLAID)))),
        _plaid("iat-null", "A time that is null.", _BAD_TIME,
               _signed(claims=raw % ("null", digest_hex(_PLAID)))),
        _plaid("iat-twice", "Two times.", _BAD_TIME,
               _signed(claims=raw[:-1] % (NOW, digest_hex(_PLAID)) + ',"iat":1}')),
        _plaid("iat-huge", "A time of twenty digits.", _BAD_TIME, at(10**19)),
        _plaid("other-claims", "Claims that nobody knows.", "accept",
               _signed(claims=_claims(iss="plaid", exp=1, nbf=NOW + 9999))),
        _plaid("claims-in-claims", "The claims inside of another.", _MISMATCH,
               _signed(claims={"a": _CLAIMS})),
        _plaid("claims-spaced", "White space in the JSON.", "accept",
               _signed(claims=f' {{ "iat" : {NOW} , "request_body_sha256" : "{digest_hex(_PLAID)}" }} ')),
    ]  # fmt: skip


def _plaid_heads() -> List[Case]:
    def head(**changed: Any) -> Dict[str, Any]:
        merged = {**_HEAD, **changed}
        return {name: value for name, value in merged.items() if value is not None}

    raw = '{"alg":"ES256","kid":"%s"%s}'
    public = EC_INFO
    return [
        _plaid("alg-none", "No algorithm: none, and no signature.", _UNSUPPORTED,
               _signed(head(alg="none"), signer=no_signature),
               says="holds no JWS signature, only other versions"),
        _plaid("alg-none-with-signature", "None, and a signature.", _UNSUPPORTED,
               _signed(head(alg="none"))),
        _plaid("alg-none-capital", "None in another case.", _UNSUPPORTED,
               _signed(head(alg="nOnE"), signer=no_signature)),
        _plaid("alg-es256-no-signature", "ES256, and no signature.", _MISMATCH,
               _signed(signer=no_signature)),
        _plaid("alg-hs256", "HS256 with the public key as its secret.", _UNSUPPORTED,
               _signed(head(alg="HS256"), signer=by_secret(pem(public).encode()))),
        _plaid("alg-hs256-jwk", "HS256 with the JWK as its secret.", _UNSUPPORTED,
               _signed(head(alg="HS256"), signer=by_secret(_JWK.encode()))),
        _plaid("alg-rs256", "RS256.", _UNSUPPORTED, _signed(head(alg="RS256"), signer=by_rsa)),
        _plaid("alg-es384", "ES384.", _UNSUPPORTED, _signed(head(alg="ES384"))),
        _plaid("alg-eddsa", "EdDSA.", _UNSUPPORTED, _signed(head(alg="EdDSA"), signer=by_ed25519)),
        _plaid("alg-lower-case", "The name in lower case.", _UNSUPPORTED, _signed(head(alg="es256"))),
        _plaid("alg-empty", "An empty name.", _UNSUPPORTED, _signed(head(alg=""))),
        _plaid("alg-space", "A name with a space.", _UNSUPPORTED, _signed(head(alg="ES256 "))),
        _plaid("alg-missing", "No algorithm is named.", _BAD, _signed(head(alg=None))),
        _plaid("alg-number", "One that is a number.", _BAD, _signed(head(alg=256))),
        _plaid("alg-list", "One that is a list.", _BAD, _signed(head(alg=["ES256"]))),
        _plaid("alg-null", "One that is null.", _BAD, _signed('{"alg":null}')),
        _plaid("alg-twice", "Two algorithms.", _BAD, _signed(raw % (_KID, ',"alg":"ES256"'))),
        _plaid("alg-twice-other", "Two algorithms, of which the second is none.", _BAD,
               _signed(raw % (_KID, ',"alg":"none"'))),
        _plaid("alg-escaped", "A name with an escape is the same.", "accept",
               _signed('{"\\u0061lg":"\\u0045S256","kid":"%s"}' % _KID)),
        _plaid("alg-escaped-twice", "And so two.", _BAD,
               _signed(raw % (_KID, ',"\\u0061lg":"ES256"'))),
        _plaid("crit", "An extension that must be understood.", _UNSUPPORTED,
               _signed(head(crit=["exp"], exp=NOW))),
        _plaid("crit-b64", "A payload that is not encoded.", _UNSUPPORTED,
               _signed(head(crit=["b64"], b64=False))),
        _plaid("crit-empty", "A list of extensions that is empty is none that may be.", _UNSUPPORTED,
               _signed(head(crit=[]))),
        _plaid("crit-null", "Nor one that is null.", _UNSUPPORTED, _signed(raw % (_KID, ',"crit":null'))),
        _plaid("crit-twice", "Nor two.", _BAD, _signed(raw % (_KID, ',"crit":[],"crit":[]'))),
        _plaid("jwk-in-head", "A key in the header is not taken.", _MISMATCH,
               _signed(head(jwk=p256_jwk(EC_OTHER_POINT)), signer=by_other_ecdsa_fixed)),
        _plaid("jku-in-head", "Nor a URL of keys.", "accept", _signed(head(jku="https://evil.example/"))),
        _plaid("typ-other", "Another type, which says nothing.", "accept", _signed(head(typ="a"))),
        _plaid("kid-number", "An id that is a number.", _BAD, _signed(head(kid=1))),
        _plaid("kid-twice", "Two ids.", _BAD, _signed(raw % (_KID, f',"kid":"{_KID}"'))),
        _plaid("head-not-object", "A header that is no object.", _BAD, _signed('["ES256"]')),
        _plaid("head-not-json", "A header that is no JSON.", _BAD, _signed("ES256")),
        _plaid("head-trailing", "Text after the header's JSON.", _BAD, _signed(raw % (_KID, "") + "x")),
        _plaid("head-byte-order-mark", "A byte order mark before it.", _BAD,
               _signed("\ufeff" + raw % (_KID, ""))),
    ]  # fmt: skip


def _last_bits(text: str) -> str:
    """The last character with a bit set that is no part of the signature."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _plaid_texts() -> List[Case]:
    head, claims, signature = _VALID.split(".")
    longest, longer = (
        token({**_HEAD, "a": "a" * count}, _CLAIMS, by_ecdsa_fixed) for count in (5891, 5892)
    )
    assert len(longest) <= 8192 < len(longer), (len(longest), len(longer))
    return [
        _plaid("two-parts", "Two parts.", _BAD, f"{head}.{claims}"),
        _plaid("one-part", "One part.", _BAD, head),
        _plaid("four-parts", "Four parts.", _BAD, f"{_VALID}.a"),
        _plaid("five-parts", "Five parts, as of what is encrypted.", _BAD, f"{_VALID}.a.a"),
        _plaid("dots", "Two dots.", _BAD, ".."),
        _plaid("no-head", "No header.", _BAD, f".{claims}.{signature}"),
        _plaid("no-claims", "No claims.", _BAD, f"{head}..{signature}"),
        _plaid("no-signature", "No signature after its dot.", _MISMATCH, f"{head}.{claims}."),
        _plaid("padded", "Padding.", _BAD, f"{_VALID}=="),
        _plaid("standard-base64", "A character of the other alphabet.", _BAD,
               f"{head}.{claims}.+{signature[1:]}"),
        _plaid("last-bits", "The last character has bits that are no part of the signature.", _BAD,
               _last_bits(_VALID)),
        _plaid("space-inside", "A space.", _BAD, f"{head}. {claims}.{signature}"),
        _plaid("space-after", "A space after it.", _BAD, f"{_VALID} "),
        _plaid("bearer", "The word Bearer before it.", _BAD, f"Bearer {_VALID}"),
        _plaid("json", "JSON in place of the compact form.", _BAD, text_of({"payload": claims})),
        _plaid("empty", "An empty header.", "malformed_header", ""),
        _plaid("claims-not-utf8", "Claims that are not UTF-8.", _BAD,
               f"{head}.{b64url(bytes([0x7b, 0xff, 0x7d]))}.{signature}"),
        _plaid("claims-not-utf8-unsupported", "The same by another algorithm: the header comes first.",
               _UNSUPPORTED, ".".join([
                   b64url(b'{"alg":"none"}'), b64url(bytes([0x7b, 0xff, 0x7d])), signature,
               ])),
        _plaid("claims-not-json", "Claims that are no JSON.", _BAD, _signed(claims="a")),
        _plaid("claims-not-object", "Claims that are no object.", _BAD, _signed(claims="[]")),
        _plaid("claims-cut", "Claims that are cut short.", _BAD, _signed(claims='{"iat":1')),
        _plaid("claims-deep", "Claims that nest 129 deep.", _BAD,
               _signed(claims='{"a":' + "[" * 128 + "]" * 128 + "}")),
        _plaid("longest", f"Of {len(longest)} characters.", "accept", longest),
        _plaid("longer", f"Of {len(longer)} characters.", _BAD, longer),
        _plaid("many-dots", "A thousand dots.", _BAD, "." * 1000),
        _plaid("signature-der", "A signature in DER.", _MISMATCH, _signed(signer=by_ecdsa)),
        _plaid("signature-short", "A signature of 63 bytes.", _MISMATCH,
               _signed(signer=lambda message: by_ecdsa_fixed(message)[:63])),
        _plaid("signature-zero", "r and s are zero.", _MISMATCH, _signed(signer=lambda _: bytes(64))),
        _plaid("signature-high-s", "The greater of s and n - s.", "accept",
               _signed(signer=_high_fixed)),
        _plaid("tampered-signature", "Another signature.", _MISMATCH,
               _signed(signer=lambda message: by_ecdsa_fixed(message + b"a"))),
        _plaid("tampered-claims", "Other claims under the signature.", _MISMATCH,
               ".".join([head, b64url(text_of(_claims(iat=NOW - 1)).encode()), signature])),
        _plaid("tampered-head", "Another header over the signature.", _MISMATCH,
               ".".join([b64url(text_of({**_HEAD, "typ": "a"}).encode()), claims, signature])),
    ]  # fmt: skip


def _high_fixed(message: bytes) -> bytes:
    r, s = p256.numbers_of_fixed(by_ecdsa_fixed(message)) or (0, 0)
    return p256.fixed_of((r, max(s, p256.N - s)))


def _plaid_keys() -> List[Case]:
    answer = text_of({"key": p256_jwk(kid=_KID, use="sig", alg="ES256", expired_at=None,
                                      created_at=1560466143), "request_id": "r1"})  # fmt: skip
    expired = text_of({"key": p256_jwk(kid=_KID, expired_at=1560466150), "request_id": "r1"})
    other = text_of(p256_jwk(EC_OTHER_POINT, kid=_KID))
    of_key = {"needs": {"url": None, "key_id": _KID}}
    no_kid = _signed({"alg": "ES256"})
    none: List[str] = []
    return [
        _plaid("needed", "No key was given, nor fetched.", _NEEDED, secrets=none, **of_key),
        _plaid("fetched", "What Plaid answers.", "accept", secrets=none, key=answer),
        _plaid("fetched-jwk", "The JWK of its answer alone.", "accept", secrets=none, key=_JWK),
        _plaid("fetched-pem", "PEM.", "accept", secrets=none, key=pem(EC_INFO)),
        _plaid("fetched-expired", "A key that Plaid has replaced.", _BAD_KEY, secrets=none, key=expired),
        _plaid("fetched-other", "Another key of this id.", _MISMATCH, secrets=none, key=other),
        _plaid("fetched-other-id", "A key of another id.", _BAD_KEY, secrets=none,
               key=text_of(p256_jwk(kid="other")), says="is not that which the request names"),
        _plaid("fetched-set", "A set with a key of this id.", "accept", secrets=none,
               key=jwks(p256_jwk(EC_OTHER_POINT, kid="other"), p256_jwk(kid=_KID))),
        _plaid("fetched-set-other-ids", "A set without one.", _BAD_KEY, secrets=none,
               key=jwks(p256_jwk(EC_OTHER_POINT, kid="other"), p256_jwk(kid="another"))),
        _plaid("fetched-set-no-ids", "A set whose keys have no ids.", "accept", secrets=none,
               key=jwks(p256_jwk(EC_OTHER_POINT), p256_jwk())),
        _plaid("fetched-rsa", "A key of RSA.", _BAD_KEY, secrets=none, key=text_of(rsa_jwk(kid=_KID)),
               says=_OTHER_TYPE),
        _plaid("fetched-error", "What Plaid answers without credentials.", _BAD_KEY, secrets=none,
               key='{"error_code":"INVALID_API_KEYS","request_id":"r1"}',
               says="the key that was fetched cannot be read"),
        _plaid("given-of-other-id", "The key that was given has another id.", _NEEDED,
               secrets=[text_of(p256_jwk(kid="other"))], **of_key),
        _plaid("given-set", "A set that was given.", "accept",
               secrets=[jwks(p256_jwk(EC_OTHER_POINT, kid="other"), p256_jwk(kid=_KID))]),
        _plaid("given-second", "The second of two that were given.", "accept",
               secrets=[text_of(p256_jwk(EC_OTHER_POINT, kid="other")), _JWK], gives={"key_index": 1}),
        _plaid("given-no-id", "One without an id.", "accept", secrets=[text_of(p256_jwk())]),
        _plaid("given-pem", "One in PEM.", "accept", secrets=[pem(EC_INFO)]),
        _plaid("no-kid", "The request names no key: any may have signed.", "accept", no_kid,
               secrets=[text_of(p256_jwk(EC_OTHER_POINT, kid="other")), _JWK], gives={"key_index": 1}),
        _plaid("no-kid-needed", "It names none, and none was given.", _NEEDED, no_kid, secrets=none,
               needs={"url": None, "key_id": None}),
        _plaid("kid-not-ascii", "An id beyond ASCII.", _NEEDED, _signed({**_HEAD, "kid": "\u00e9"}),
               secrets=none, needs={"url": None, "key_id": "\u00e9"}),
        _plaid("malformed-before-key", "What is no signature needs no key.", _BAD, "a.a.a",
               secrets=none),
        _plaid("unsupported-before-key", "Nor another algorithm.", _UNSUPPORTED,
               _signed({"alg": "none"}, signer=no_signature), secrets=none),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "json-web-signatures.json",
        "verify",
        "JSON Web Signatures whose claims hold the digest of the body: algorithms that are taken for"
        " others, claims, keys by their id, texts that are none.",
        _plaid_claims() + _plaid_heads() + _plaid_texts() + _plaid_keys(),
    )  # fmt: skip
