"""JSON Web Signatures whose secret is shared, or may be: Netlify, FusionAuth."""

from __future__ import annotations

import hashlib
from typing import Any, List, Optional, Sequence

from casebook import Case, Topic, verify_case
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, Headers, b64
from key_fixtures import (
    EC_INFO,
    ED_INFO,
    ED_KEY,
    RSA_INFO,
    WHPK,
    WHSK,
    Signer,
    b64url,
    by_ecdsa_fixed,
    by_ed25519,
    by_other_ed25519,
    by_rsa,
    by_secret,
    digest_base64,
    digest_hex,
    ed25519_jwk,
    jwks,
    no_signature,
    p256_jwk,
    pem,
    rsa_jwk,
    text_of,
    token,
)

_MISMATCH, _NEEDED, _UNSUPPORTED = "signature_mismatch", "key_needed", "unsupported_signature"


# Netlify
_DEPLOY = b'{"id":"d1","site_id":"s1","state":"ready","updated_at":"2023-11-14T22:13:10Z"}'
_SECRET = TEXT_SECRET.encode()


def _netlify(called: str, about: str, want: str, claims: Any = None, head: Any = None, *,
             signer: Optional[Signer] = None, body: bytes = _DEPLOY,
             secrets: Sequence[str] = (TEXT_SECRET,), **more: Any) -> Case:  # fmt: skip
    value = token(
        {"alg": "HS256", "typ": "JWT"} if head is None else head,
        {"iss": "netlify", "sha256": digest_hex(_DEPLOY)} if claims is None else claims,
        signer or by_secret(_SECRET),
    )
    return verify_case(
        f"jws-netlify-{called}", about, want, scheme="netlify", secrets=secrets,
        headers=[("X-Webhook-Signature", value)], body=body, now=NOW, **more,
    )  # fmt: skip


def _netlify_cases() -> List[Case]:
    return [
        _netlify("valid", "What Netlify sends.", "accept",
                 event={"id": "d1", "type": "ready", "timestamp": NOW - 10, "dedupe_key": None},
                 gives={"timestamp": None}),
        _netlify("tampered-body", "Another body.", _MISMATCH, body=_DEPLOY.replace(b"ready", b"error")),
        _netlify("tampered-signature", "Another signature.", _MISMATCH,
                 signer=lambda message: by_secret(_SECRET)(message + b"a")),
        _netlify("wrong-secret", "Another secret.", _MISMATCH, secrets=[TEXT_OTHER]),
        _netlify("second-secret", "The second of two.", "accept", secrets=[TEXT_OTHER, TEXT_SECRET],
                 gives={"key_index": 1}),
        _netlify("other-issuer", "Another issuer.", _MISMATCH,
                 {"iss": "netlify2", "sha256": digest_hex(_DEPLOY)}),
        _netlify("no-issuer", "No issuer.", _MISMATCH, {"sha256": digest_hex(_DEPLOY)}),
        _netlify("issuer-list", "An issuer that is a list.", _MISMATCH,
                 {"iss": ["netlify"], "sha256": digest_hex(_DEPLOY)}),
        _netlify("issuer-twice", "Two issuers.", _MISMATCH,
                 f'{{"iss":"netlify","iss":"netlify","sha256":"{digest_hex(_DEPLOY)}"}}'),
        _netlify("no-digest", "No digest: whose token this is may send anything.", _MISMATCH,
                 {"iss": "netlify"}),
        _netlify("expired", "A time of expiry is not what Netlify signs.", "accept",
                 {"iss": "netlify", "sha256": digest_hex(_DEPLOY), "exp": 1}),
        _netlify("alg-none", "None.", _UNSUPPORTED, head={"alg": "none"}, signer=no_signature),
        _netlify("alg-hs512", "HS512, which Netlify does not use.", _UNSUPPORTED,
                 head={"alg": "HS512"}, signer=by_secret(_SECRET, "sha512")),
        _netlify("tag-cut", "The beginning of the tag.", _MISMATCH,
                 signer=lambda message: by_secret(_SECRET)(message)[:16]),
        _netlify("tag-empty", "No tag.", _MISMATCH, signer=no_signature),
        _netlify("tag-and-more", "A byte after the tag.", _MISMATCH,
                 signer=lambda message: by_secret(_SECRET)(message) + b"\0"),
        _netlify("kid", "An id of a key says nothing.", "accept", head={"alg": "HS256", "kid": "a"}),
        _netlify("public-key-is-text", "What looks like a public key is a text here.", "accept",
                 signer=by_secret(WHPK.encode()), secrets=[WHPK]),
    ]  # fmt: skip


# FusionAuth
_EVENT = b'{"event":{"id":"e1","type":"user.login.success","createInstant":1699999990000}}'


def _fusionauth(called: str, about: str, want: str, algorithm: str, signer: Signer,
                secrets: Sequence[str], *, body: bytes = _EVENT, kid: Optional[str] = None,
                digest: Optional[str] = None, **more: Any) -> Case:  # fmt: skip
    head = {"alg": algorithm, **({} if kid is None else {"kid": kid})}
    value = token(head, {"request_body_sha256": digest or digest_base64(_EVENT)}, signer)
    headers: Headers = [("X-FusionAuth-Signature-JWT", value)]
    return verify_case(
        f"jws-fusionauth-{called}", about, want, scheme="fusionauth", secrets=secrets, headers=headers,
        body=body, now=NOW, **more,
    )  # fmt: skip


def _fusionauth_cases() -> List[Case]:
    shared, case = by_secret(_SECRET), _fusionauth
    event = {"id": "e1", "type": "user.login.success", "timestamp": NOW - 10,
             "dedupe_key": "fusionauth:e1"}  # fmt: skip
    public = jwks(rsa_jwk(kid="r"), p256_jwk(kid="e"), ed25519_jwk(kid="o"))
    rsa_pem, ec_pem = pem(RSA_INFO), pem(EC_INFO)
    none: List[str] = []

    def confused(called: str, about: str, secret: str, key: bytes, *more: str) -> Case:
        return case(f"confused-{called}", about, _MISMATCH, "HS256", by_secret(key), [secret, *more])

    return [
        case("hs256", "A shared secret.", "accept", "HS256", shared, [TEXT_SECRET], event=event),
        case("hs512", "A shared secret and SHA-512.", "accept", "HS512", by_secret(_SECRET, "sha512"),
             [TEXT_SECRET]),
        case("rs256", "A key of RSA.", "accept", "RS256", by_rsa, [rsa_pem]),
        case("es256", "A key of P-256.", "accept", "ES256", by_ecdsa_fixed, [ec_pem]),
        case("eddsa", "A key of Ed25519.", "accept", "EdDSA", by_ed25519, [pem(ED_INFO)]),
        case("eddsa-whpk", "The same as whpk_.", "accept", "EdDSA", by_ed25519, [WHPK]),
        case("eddsa-whsk", "A private key verifies.", "accept", "EdDSA", by_ed25519, [WHSK]),
        case("rs256-base64-der", "Base64 of its DER.", "accept", "RS256", by_rsa, [b64(RSA_INFO)]),
        case("set", "The set of keys that the instance publishes.", "accept", "ES256", by_ecdsa_fixed,
             [public]),
        case("set-by-id", "By the id.", "accept", "RS256", by_rsa, [public], kid="r"),
        case("set-other-id", "An id that another key of the set has.", _MISMATCH, "RS256", by_rsa,
             [public], kid="e"),
        case("set-unknown-id", "An id that none has: there may be a new key.", _NEEDED, "RS256", by_rsa,
             [public], kid="new", needs={"url": None, "key_id": "new"}),
        case("set-fetched", "It was fetched.", "accept", "RS256", by_rsa, none, key=public, kid="r"),
        case("set-fetched-by-id", "That of another id does not count.", _MISMATCH, "RS256", by_rsa, none,
             key=public, kid="e"),
        case("needed", "Nothing was given.", _NEEDED, "RS256", by_rsa, none,
             needs={"url": None, "key_id": None}),
        case("needed-beside-shared", "A shared secret was given, and a public key has signed.", _NEEDED,
             "RS256", by_rsa, [TEXT_SECRET], needs={"url": None, "key_id": None}),
        case("shared-none", "A shared secret has signed, and none was given.", _MISMATCH, "HS256",
             shared, none),
        case("shared-fetched", "What is fetched is never a shared secret.", _MISMATCH, "HS256",
             by_secret(public.encode()), none, key=public),
        case("both", "A shared secret and a public key: by the second.", "accept", "RS256", by_rsa,
             [TEXT_SECRET, rsa_pem], gives={"key_index": 1}),
        case("both-shared", "By the first.", "accept", "HS256", shared, [TEXT_SECRET, rsa_pem]),
        confused("pem", "HS256 with the public key of RSA as its secret.", rsa_pem, rsa_pem.encode()),
        confused("pem-trimmed", "Without its last line break.", rsa_pem, rsa_pem.strip().encode()),
        confused("der", "With its DER.", rsa_pem, RSA_INFO),
        confused("base64", "With base64 of its DER, which is the text that was given.", b64(RSA_INFO),
                 b64(RSA_INFO).encode()),
        confused("ec-base64", "The same of P-256.", b64(EC_INFO), b64(EC_INFO).encode()),
        confused("jwk", "With the JWK.", text_of(rsa_jwk()), text_of(rsa_jwk()).encode()),
        confused("set", "With the set.", public, public.encode()),
        confused("whpk", "With whpk_.", WHPK, WHPK.encode()),
        confused("whpk-bytes", "With the 32 bytes.", WHPK, ED_KEY),
        confused("beside-shared", "With the public key, beside a shared secret.", rsa_pem,
                 rsa_pem.encode(), TEXT_SECRET),
        case("es256-by-rsa-key", "ES256, and a key of RSA.", _MISMATCH, "ES256", by_ecdsa_fixed,
             [rsa_pem]),
        case("rs256-signed-otherwise", "RS256, and a signature by P-256.", _MISMATCH, "RS256",
             by_ecdsa_fixed, [rsa_pem, ec_pem]),
        case("alg-none", "None.", _UNSUPPORTED, "none", no_signature, [rsa_pem]),
        case("alg-rs512", "RS512, which is not taken.", _UNSUPPORTED, "RS512", by_rsa, [rsa_pem]),
        case("alg-ps256", "PS256.", _UNSUPPORTED, "PS256", by_rsa, [rsa_pem]),
        case("alg-hs384", "HS384.", _UNSUPPORTED, "HS384", by_secret(_SECRET, "sha384"), [TEXT_SECRET]),
        case("tampered-body", "Another body.", _MISMATCH, "HS256", shared, [TEXT_SECRET],
             body=_EVENT.replace(b"e1", b"e2")),
        case("wrong-secret", "Another secret.", _MISMATCH, "HS256", shared, [TEXT_OTHER]),
        case("wrong-key", "Another key.", _MISMATCH, "EdDSA", by_other_ed25519, [WHPK]),
        case("digest-hex", "The digest in hexadecimal.", _MISMATCH, "HS256", shared, [TEXT_SECRET],
             digest=digest_hex(_EVENT)),
        case("digest-unpadded", "The digest without its padding.", _MISMATCH, "HS256", shared,
             [TEXT_SECRET], digest=digest_base64(_EVENT).rstrip("=")),
        case("digest-base64url", "The digest in base64url.", _MISMATCH, "HS256", shared, [TEXT_SECRET],
             digest=b64url(hashlib.sha256(_EVENT).digest())),
    ]  # fmt: skip


def _no_tokens() -> List[Case]:
    """What is no token at all: of Plaid's see also `_plaid_texts`."""

    def case(called: str, about: str, want: str, scheme: str, headers: Headers) -> Case:
        secrets = [] if scheme == "plaid" else [TEXT_SECRET]
        return verify_case(f"jws-{scheme}-{called}", about, want, scheme=scheme, secrets=secrets,
                           headers=headers, body=_EVENT, now=NOW)  # fmt: skip

    names = {"netlify": "X-Webhook-Signature", "fusionauth": "X-FusionAuth-Signature-JWT"}
    cases = [case("no-header", "No token.", "missing_header", "plaid", [])]
    for scheme, name in names.items():
        cases += [
            case("no-header", "No token.", "missing_header", scheme, []),
            case("empty", "An empty header.", "malformed_header", scheme, [(name, "")]),
            case("two-parts", "Two parts.", "malformed_signature", scheme, [(name, "e30.e30")]),
            case("no-json", "A head that is no JSON.", "malformed_signature", scheme,
                 [(name, "YQ.e30.YQ")]),
        ]  # fmt: skip
    return cases


def topic() -> Topic:
    return Topic(
        "json-web-signatures-shared.json",
        "verify",
        "JSON Web Signatures by a shared secret or by a public key, whose claims hold the digest of the"
        " body: public keys that are taken for secrets, issuers, digests, texts that are no token.",
        _netlify_cases() + _fusionauth_cases() + _no_tokens(),
    )
