"""Signing with private keys of Ed25519, and with shared secrets as JSON Web Signatures."""

from __future__ import annotations

import binascii
import hashlib
from typing import Any, List, Sequence

from casebook import Case, Topic, sign_case
from fixtures import MSG, NOW, STANDARD_OTHER, STANDARD_SECRET, TEXT_OTHER, TEXT_SECRET, Headers, b64, v1
from key_fixtures import (
    EC_INFO,
    ED_INFO,
    ED_KEY,
    RSA_INFO,
    WHPK,
    WHPK_OTHER,
    WHSK,
    WHSK_OTHER,
    Signer,
    b64url,
    by_ed25519,
    by_other_ed25519,
    by_secret,
    pem,
    token,
)

_BODY = b'{"type":"ping"}'
_NO_KEY = "the scheme signs with a private key and only public ones were given"


def _v1a(signer: Signer = by_ed25519, body: bytes = _BODY) -> str:
    return "v1a," + b64(signer(f"{MSG}.{NOW}.".encode() + body))


def _standard(*entries: str, family: str = "webhook") -> Headers:
    return [
        (f"{family}-id", MSG), (f"{family}-timestamp", str(NOW)),
        (f"{family}-signature", " ".join(entries)),
    ]  # fmt: skip


def _case(called: str, about: str, want: Any, scheme: Any, secrets: Sequence[str], **more: Any) -> Case:
    parts = {"message_id": MSG, "body": _BODY, "now": NOW, **more}
    return sign_case(f"sign-public-{called}", about, want, scheme=scheme, secrets=secrets, **parts)


def _of_standard() -> List[Case]:
    new, old = STANDARD_SECRET, STANDARD_OTHER
    both = {"every_secret_signs": True}
    return [
        _case("standard", "Standard Webhooks with a private key.", _standard(_v1a()), "standard", [WHSK]),
        _case("svix", "Svix's headers.", _standard(_v1a(), family="svix"), "svix", [WHSK]),
        _case("standard-any-bytes", "A body that is no text.",
              _standard(_v1a(body=bytes(range(256)))), "standard", [WHSK], body=bytes(range(256))),
        _case("standard-first", "The first signs: it is private.", _standard(_v1a()), "standard",
              [WHSK, new]),
        _case("standard-first-shared", "The first signs: it is shared.", _standard(v1(_BODY, secret=new)),
              "standard", [new, WHSK]),
        _case("standard-public-first", "A public key does not sign: the next does.",
              _standard(v1(_BODY, secret=new)), "standard", [WHPK, new], signed_by=1),
        _case("standard-public-alone", "A public key alone.", "missing_context", "standard", [WHPK],
              says=_NO_KEY),
        _case("standard-two-public", "Two of them.", "missing_context", "standard", [WHPK, WHPK_OTHER],
              says=_NO_KEY),
        _case("standard-no-id", "No id.", "missing_context", "standard", [WHSK], message_id=None,
              says="the scheme needs the message's id"),
        _case("every-mixed", "Every secret signs: both versions.",
              _standard(v1(_BODY, secret=new), _v1a()), "standard", [new, WHSK], verified_by=[0, 1]),
        _case("every-mixed-reversed", "In their order.", _standard(_v1a(), v1(_BODY, secret=new)),
              "standard", [WHSK, new], verified_by=[0, 1]),
        _case("every-two-private", "Two private keys.", _standard(_v1a(), _v1a(by_other_ed25519)),
              "standard", [WHSK, WHSK_OTHER], verified_by=[0, 1]),
        _case("every-four", "Two of each.",
              _standard(v1(_BODY, secret=new), v1(_BODY, secret=old), _v1a(), _v1a(by_other_ed25519)),
              "standard", [new, old, WHSK, WHSK_OTHER], verified_by=[0, 1, 2, 3]),
        _case("every-public", "A public key among them signs nothing, and verifies what its private one"
              " does.", _standard(_v1a(), v1(_BODY, secret=new)), "standard", [WHSK, WHPK, new],
              verified_by=[0, 1, 2]),
        _case("every-public-alone", "No key signs.", "missing_context", "standard", [WHPK], **both,
              says=_NO_KEY),
    ]  # fmt: skip


def _of_providers() -> List[Case]:
    time = ("x-signature-timestamp", str(NOW))
    timed = by_ed25519(str(NOW).encode() + _BODY)
    described = {"name": "custom", "headers": {"signature": "x-signature"}, "algorithm": "ed25519",
                 "key": "public-key", "encoding": "base64url", "prefix": "ed=", "separator": ","}  # fmt: skip
    none = "missing_context"
    return [
        _case("discord", "As Discord does.", [time, ("x-signature-ed25519", timed.hex())], "discord",
              [WHSK], message_id=None),
        _case("discord-public", "With the public key of an application.", none, "discord", [ED_KEY.hex()],
              message_id=None, says=_NO_KEY),
        _case("highlevel", "As HighLevel does.", [("x-ghl-signature", b64(by_ed25519(_BODY)))],
              "highlevel", [WHSK], message_id=None),
        _case("highlevel-public", "With its public key.", none, "highlevel", [b64(ED_INFO)],
              message_id=None, says=_NO_KEY),
        _case("sendgrid", "Of ECDSA no private key is taken.", none, "sendgrid", [pem(EC_INFO)],
              message_id=None, says=_NO_KEY),
        _case("highlevel-rsa", "Nor of RSA.", none, "highlevel-rsa", [pem(RSA_INFO)], message_id=None,
              says=_NO_KEY),
        _case("circle-none", "Without a secret.", none, "circle", [], message_id=None, says=_NO_KEY),
        _case("paypal", "PayPal's key is not here.", none, "paypal", ["1JE4291016473214C"], says=_NO_KEY),
        _case("fal", "Nor fal's.", none, "fal", ["user_1"], says=_NO_KEY),
        _case("fal-public", "With a public key, either.", none, "fal", ["user_1", WHPK], says=_NO_KEY),
        _case("fal-private", "As fal does for a user, with another private key.", _fal("user_1"), "fal",
              ["user_1", WHSK]),
        _case("fal-private-first", "In another order.", _fal("user_1"), "fal", [WHSK, "user_1"]),
        _case("fal-two-users", "For the first of two users.", _fal("user_1"), "fal",
              ["user_1", "user_2", WHSK]),
        _case("fal-private-alone", "For nobody.", _fal(""), "fal", [WHSK]),
        _case("paypal-private", "Where RSA is wanted it is an id like others.", none, "paypal", [WHSK],
              says=_NO_KEY),
        _case("described", "A scheme that a program describes.",
              [("x-signature", "ed=" + b64url(by_ed25519(_BODY)))], described, [WHSK], message_id=None),
        _case("described-every", "And every secret of it.",
              [("x-signature", f"ed={b64url(by_ed25519(_BODY))},ed={b64url(by_other_ed25519(_BODY))}")],
              described, [WHSK, WHSK_OTHER], message_id=None, verified_by=[0, 1]),
        _case("described-digests", "The checksum and the digest of the body.",
              [("x-signature", "ed=" + b64url(by_ed25519(_digests())))],
              {**described, "content": "{crc32} {sha256}"}, [WHSK], message_id=None),
    ]  # fmt: skip


def _fal(user: str) -> Headers:
    content = "\n".join([MSG, user, str(NOW), hashlib.sha256(_BODY).hexdigest()])
    return [
        ("x-fal-webhook-request-id", MSG), ("x-fal-webhook-timestamp", str(NOW)),
        ("x-fal-webhook-signature", by_ed25519(content.encode()).hex()),
    ]  # fmt: skip


def _digests() -> bytes:
    return f"{binascii.crc32(_BODY)} {hashlib.sha256(_BODY).hexdigest()}".encode()


def _of_jws() -> List[Case]:
    digest = hashlib.sha256(_BODY).digest()
    shared, other = TEXT_SECRET.encode(), TEXT_OTHER.encode()
    netlify = {"sha256": digest.hex(), "iss": "netlify"}
    fusionauth = {"request_body_sha256": b64(digest)}

    def header(name: str, algorithm: str, claims: Any, signer: Signer) -> Headers:
        return [(name, token({"alg": algorithm, "typ": "JWT"}, claims, signer))]

    signed = "x-fusionauth-signature-jwt"
    more = {"message_id": None}
    return [
        _case("netlify", "As Netlify does.", header("x-webhook-signature", "HS256", netlify, by_secret(shared)),
              "netlify", [TEXT_SECRET], **more),
        _case("netlify-every", "There is no list: the first signs.",
              header("x-webhook-signature", "HS256", netlify, by_secret(shared)), "netlify",
              [TEXT_SECRET, TEXT_OTHER], verified_by=[0], **more),
        _case("fusionauth", "FusionAuth with a shared secret.",
              header(signed, "HS256", fusionauth, by_secret(shared)), "fusionauth", [TEXT_SECRET], **more),
        _case("fusionauth-eddsa", "With a private key.", header(signed, "EdDSA", fusionauth, by_ed25519),
              "fusionauth", [WHSK], **more),
        _case("fusionauth-public-first", "A public key does not sign: the next does.",
              header(signed, "HS256", fusionauth, by_secret(other)), "fusionauth",
              [pem(RSA_INFO), TEXT_OTHER], signed_by=1, **more),
        _case("fusionauth-public", "A public key alone.", "missing_context", "fusionauth", [pem(RSA_INFO)],
              says=_NO_KEY, **more),
        _case("fusionauth-none", "None.", "missing_context", "fusionauth", [], says=_NO_KEY, **more),
        _case("plaid", "Plaid's private key is not here.", "missing_context", "plaid", [pem(EC_INFO)],
              says=_NO_KEY, **more),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "sign-public-keys.json",
        "sign",
        "Signing with private keys of Ed25519, alone and beside shared secrets, and JSON Web"
        " Signatures.",
        _of_standard() + _of_providers() + _of_jws(),
    )
