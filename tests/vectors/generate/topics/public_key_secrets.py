"""Which texts are public keys, for which schemes, and which descriptions may have them."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case, Topic, construct_case
from fixtures import STANDARD_SECRET, TEXT_SECRET, b64
from key_fixtures import (
    EC_INFO,
    EC_POINT,
    ED_INFO,
    ED_KEY,
    ED_SEED,
    RSA_1024_INFO,
    RSA_1024_MODULUS,
    RSA_INFO,
    RSA_MODULUS,
    WHPK,
    WHSK,
    WHSK_OTHER,
    b64url,
    certificate,
    ed25519_info,
    ed25519_jwk,
    jwks,
    number_text,
    p256_info,
    p256_jwk,
    pem,
    rsa_info,
    rsa_jwk,
    text_of,
)
from reference.asymmetric import ed25519
from reference.asymmetric.der import write

_BAD, _NONE, _SCHEME = "malformed_secret", "no_secrets", "malformed_scheme"
_NOT_PUBLIC = "the secret is not a public key"
_OTHER_TYPE = "the public key is of another type than the scheme's"
_P = ed25519.P
# RFC 8032 section 5.1.3 and the points whose order divides eight.
_SMALL_ORDER = (
    ("neutral", "The neutral element.", 1),
    ("order-2", "The point of order 2.", _P - 1),
    ("order-4", "A point of order 4.", 0),
    ("order-4-negative", "The other point of order 4.", 1 << 255),
    ("order-8", "A point of order 8.",
     int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little")),
    ("order-8-other", "Another point of order 8.",
     int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")),
    ("neutral-not-canonical", "The neutral element, y plus p.", _P + 1),
    ("order-4-not-canonical", "A point of order 4, y plus p.", _P),
)  # fmt: skip


def _case(called: str, about: str, want: str, scheme: Any, *secrets: str, **more: Any) -> Case:
    return construct_case(f"public-secrets-{called}", about, want, scheme=scheme, secrets=secrets, **more)


def _little(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _not_canonical() -> int:
    """An encoding above p of a point whose order is not small; RFC 8032 refuses it."""
    return next(
        _P + y for y in range(2, 19) if ed25519.is_key(_little(y))
    )  # fmt: skip


def _ed25519() -> List[Case]:
    not_on_curve = next(y for y in range(2, 99) if ed25519._decompress(_little(y)) is None)
    cases = [
        _case(f"ed25519-{called}", about, _BAD, "discord", _little(number).hex(), says=_NOT_PUBLIC)
        for called, about, number in _SMALL_ORDER
    ]
    return cases + [
        _case("ed25519-hex", "32 bytes in hexadecimal.", "accept", "discord", ED_KEY.hex()),
        _case("ed25519-y-plus-p", "A point in its other encoding, y plus p.", _BAD, "discord",
              _little(_not_canonical()).hex(), says=_NOT_PUBLIC),
        _case("ed25519-y-small", "The same point in its own.", "accept", "discord",
              _little(_not_canonical() - _P).hex()),
        _case("ed25519-no-point", "32 bytes that are no point.", _BAD, "discord",
              _little(not_on_curve).hex(), says=_NOT_PUBLIC),
        _case("ed25519-hex-odd", "A digit is missing.", _BAD, "discord", ED_KEY.hex()[1:],
              says=_NOT_PUBLIC),
        _case("ed25519-hex-other", "64 characters that are not all digits.", _BAD, "discord",
              "g" + ED_KEY.hex()[1:], says=_NOT_PUBLIC),
        _case("ed25519-31-bytes", "31 bytes.", _BAD, "discord", b64(ED_KEY[1:]), says=_NOT_PUBLIC),
        _case("ed25519-33-bytes", "33 bytes.", _BAD, "discord", b64(ED_KEY + b"\0"), says=_NOT_PUBLIC),
        _case("ed25519-base64url", "base64url where it differs.", _BAD, "discord",
              b64(ED_KEY).replace("+", "-").replace("/", "_") if set("+/") & set(b64(ED_KEY)) else
              "-" + b64(ED_KEY)[1:], says=_NOT_PUBLIC),
        _case("ed25519-pem-label", "PEM of another label.", _BAD, "discord",
              pem(ED_INFO).replace("PUBLIC KEY", "EC PUBLIC KEY"), says=_NOT_PUBLIC),
        _case("ed25519-pem-private", "A private key in PEM.", _BAD, "discord",
              pem(ED_INFO).replace("PUBLIC", "PRIVATE"), says=_NOT_PUBLIC),
        _case("ed25519-pem-two", "Two keys in PEM.", _BAD, "discord", pem(ED_INFO) * 2,
              says=_NOT_PUBLIC),
        _case("ed25519-pem-cut", "PEM without its end.", _BAD, "discord",
              pem(ED_INFO).partition("-----END")[0], says=_NOT_PUBLIC),
        _case("ed25519-pem-escaped", "PEM whose line breaks are escapes, as in some settings.", _BAD,
              "discord", pem(ED_INFO).strip().replace("\n", "\\n"), says=_NOT_PUBLIC),
        _case("ed25519-pem-space", "PEM and a space after it.", _BAD, "discord", pem(ED_INFO) + " ",
              says="begins or ends with whitespace"),
        _case("ed25519-pem-before", "A line break before PEM.", _BAD, "discord", "\n" + pem(ED_INFO),
              says="begins or ends with whitespace"),
        _case("ed25519-certificate", "A certificate.", _BAD, "discord", certificate(ED_INFO, "a"),
              says=_NOT_PUBLIC),
        _case("ed25519-der-trailing", "A byte after the DER.", _BAD, "discord", b64(ED_INFO + b"\0"),
              says=_NOT_PUBLIC),
        _case("ed25519-der-parameters", "Parameters, where RFC 8410 has none.", _BAD, "discord",
              b64(write(0x30, write(0x30, ED_INFO[4:9], b"\x05\x00"), ED_INFO[9:])), says=_NOT_PUBLIC),
        _case("ed25519-x25519", "A key of X25519.", _BAD, "discord",
              b64(ed25519_info(ED_KEY).replace(bytes.fromhex("2b6570"), bytes.fromhex("2b656e"))),
              says=_NOT_PUBLIC),
        _case("ed25519-text", "A text.", _BAD, "discord", "Bot MTk4NjIyNDgzNDcxOTI1MjQ4", says=_NOT_PUBLIC),
        _case("ed25519-empty", "Nothing.", "empty_secret", "discord", ""),
        _case("ed25519-none", "No secret.", _NONE, "discord"),
        _case("ed25519-whpk-padding", "whpk_ without its padding.", "accept", "discord", WHPK.rstrip("=")),
        _case("ed25519-whpk-empty", "whpk_ alone.", _BAD, "discord", "whpk_", says=_NOT_PUBLIC),
        _case("ed25519-whpk-der", "whpk_ and the DER.", _BAD, "discord", "whpk_" + b64(ED_INFO),
              says=_NOT_PUBLIC),
        _case("ed25519-whsk", "A private key, to sign as Discord does.", "accept", "discord", WHSK),
        _case("ed25519-whsk-seed", "A private key without its public half.", _BAD, "discord",
              "whsk_" + b64(ED_SEED), says=_NOT_PUBLIC),
        _case("ed25519-whsk-other-half", "A private key with another public half.", _BAD, "discord",
              "whsk_" + b64(ED_SEED + ed25519.public_of(bytes(32))), says=_NOT_PUBLIC),
        _case("ed25519-second", "The second is no key.", _BAD, "discord", ED_KEY.hex(), "a",
              says=_NOT_PUBLIC),
    ]  # fmt: skip


def _p256() -> List[Case]:
    assert EC_POINT is not None
    off_curve = (EC_POINT[0], EC_POINT[1] ^ 1)
    jwk = p256_jwk()
    return [
        _case("p256-pem", "PEM.", "accept", "sendgrid", pem(EC_INFO)),
        _case("p256-base64", "What SendGrid shows.", "accept", "sendgrid", b64(EC_INFO)),
        _case("p256-off-curve", "A point that is not on the curve.", _BAD, "sendgrid",
              b64(p256_info(off_curve)), says=_NOT_PUBLIC),
        _case("p256-infinity", "The point at infinity.", _BAD, "sendgrid",
              b64(write(0x30, EC_INFO[2:23], write(0x03, b"\0\0"))), says=_NOT_PUBLIC),
        _case("p256-other-curve", "Another curve (secp256k1).", _BAD, "sendgrid",
              b64(p256_info(EC_POINT, "2b8104000a")), says=_NOT_PUBLIC),
        _case("p256-raw", "The point without DER.", _BAD, "sendgrid", b64(EC_INFO[-65:]),
              says=_NOT_PUBLIC),
        _case("p256-x-y-31", "A JWK whose x lacks its leading zero.", _BAD, "sendgrid",
              text_of({**jwk, "x": b64url(b"\1" * 31)}), says=_OTHER_TYPE),
        _case("p256-jwk-off-curve", "A JWK that is no point.", _BAD, "sendgrid",
              text_of({**jwk, "x": b64url(b"\1" * 32)}), says=_OTHER_TYPE),
        _case("p256-jwk-curve", "A JWK of P-384.", _BAD, "sendgrid", text_of({**jwk, "crv": "P-384"}),
              says=_OTHER_TYPE),
        _case("p256-is-ed25519", "A key of Ed25519.", _BAD, "sendgrid", b64(ED_INFO), says=_OTHER_TYPE),
        _case("p256-is-raw-ed25519", "32 bytes, which are one of Ed25519.", _BAD, "sendgrid", b64(ED_KEY),
              says=_OTHER_TYPE),
        _case("p256-is-rsa", "A key of RSA.", _BAD, "circle", pem(RSA_INFO), says=_OTHER_TYPE),
        _case("p256-none", "None: Circle's is found by its id.", "accept", "circle"),
        _case("p256-jws-none", "Plaid's, too.", "accept", "plaid"),
        _case("p256-jws", "One for Plaid.", "accept", "plaid", text_of(jwk)),
        _case("p256-jws-rsa", "One of RSA for Plaid.", _BAD, "plaid", pem(RSA_INFO), says=_OTHER_TYPE),
        _case("p256-jws-text", "A text for Plaid.", _BAD, "plaid", TEXT_SECRET, says=_NOT_PUBLIC),
    ]  # fmt: skip


def _rsa() -> List[Case]:
    def sized(bits: int) -> str:
        """Of no use but for its size."""
        return b64(rsa_info((1 << bits) - 1))

    return [
        _case("rsa-pem", "PEM.", "accept", "highlevel-rsa", pem(RSA_INFO)),
        _case("rsa-1024", "A key of 1024 bits.", _BAD, "highlevel-rsa", pem(RSA_1024_INFO),
              says=_NOT_PUBLIC),
        _case("rsa-1024-jwk", "The same as JWK.", _BAD, "highlevel-rsa", text_of(rsa_jwk(RSA_1024_MODULUS)),
              says="or shorter than 2048 bits"),
        _case("rsa-2047", "2047 bits.", _BAD, "highlevel-rsa", sized(2047), says=_NOT_PUBLIC),
        _case("rsa-2048", "2048 bits.", "accept", "highlevel-rsa", sized(2048)),
        _case("rsa-4096", "4096 bits.", "accept", "highlevel-rsa", sized(4096)),
        _case("rsa-4097", "4097 bits.", _BAD, "highlevel-rsa", sized(4097), says=_NOT_PUBLIC),
        _case("rsa-4097-jwk", "The same as JWK.", _BAD, "highlevel-rsa", text_of(rsa_jwk((1 << 4097) - 1)),
              says=_OTHER_TYPE),
        _case("rsa-even", "An even modulus.", _BAD, "highlevel-rsa", b64(rsa_info(RSA_MODULUS - 1)),
              says=_NOT_PUBLIC),
        _case("rsa-even-jwk", "The same as JWK.", _BAD, "highlevel-rsa", text_of(rsa_jwk(RSA_MODULUS - 1)),
              says=_OTHER_TYPE),
        _case("rsa-exponent-1", "The exponent 1, by which everything is signed.", _BAD, "highlevel-rsa",
              b64(rsa_info(RSA_MODULUS, 1)), says=_NOT_PUBLIC),
        _case("rsa-exponent-even", "An even exponent.", _BAD, "highlevel-rsa",
              b64(rsa_info(RSA_MODULUS, 65536)), says=_NOT_PUBLIC),
        _case("rsa-exponent-3", "The exponent 3.", "accept", "highlevel-rsa",
              b64(rsa_info(RSA_MODULUS, 3))),
        _case("rsa-exponent-long", "An exponent of 34 bits.", _BAD, "highlevel-rsa",
              b64(rsa_info(RSA_MODULUS, (1 << 33) + 1)), says=_NOT_PUBLIC),
        _case("rsa-exponent-empty", "A JWK without an exponent.", _BAD, "highlevel-rsa",
              text_of({"kty": "RSA", "n": number_text(RSA_MODULUS)}), says=_OTHER_TYPE),
        _case("rsa-no-null", "No parameters, where RFC 3279 has NULL.", _BAD, "highlevel-rsa",
              b64(rsa_info(RSA_MODULUS, parameters=b"")), says=_NOT_PUBLIC),
        _case("rsa-is-p256", "A key of P-256.", _BAD, "highlevel-rsa", pem(EC_INFO), says=_OTHER_TYPE),
        _case("rsa-private-jwk", "A JWK with its private half is read as the public one.", "accept",
              "highlevel-rsa", text_of(rsa_jwk(d="AQAB"))),
    ]  # fmt: skip


def _jwks() -> List[Case]:
    own = ed25519_jwk()
    return [
        _case("jwk", "A JWK.", "accept", "discord", text_of(own)),
        _case("jwk-spaced", "One with white space inside.", "accept", "discord",
              text_of(own).replace(",", " ,\n ")),
        _case("jwks", "A set.", "accept", "discord", jwks(own)),
        _case("jwks-plaid", "What Plaid answers.", "accept", "plaid", text_of({"key": p256_jwk()})),
        _case("jwks-circle", "What Circle answers.", "accept", "circle",
              text_of({"data": {"publicKey": b64(EC_INFO)}})),
        _case("jwks-empty", "An empty set.", _BAD, "discord", jwks(), says=_OTHER_TYPE),
        _case("jwks-other-types", "A set of others.", _BAD, "discord", jwks(rsa_jwk(), p256_jwk()),
              says=_OTHER_TYPE),
        _case("jwk-not-json", "JSON that is cut short.", _BAD, "discord", text_of(own)[:-1],
              says=_NOT_PUBLIC),
        _case("jwk-no-type", "An object without a type.", _BAD, "discord", '{"x":"AA"}',
              says=_NOT_PUBLIC),
        _case("jwk-empty", "An empty object.", _BAD, "discord", "{}", says=_NOT_PUBLIC),
        _case("jwk-oct", "A shared secret as JWK.", _BAD, "fusionauth", '{"kty":"oct","k":"c2VjcmV0"}',
              says=_OTHER_TYPE),
        _case("jwks-too-long", "A set of more than 4096 bytes.", _BAD, "discord", jwks(*[own] * 60),
              says="longer than 4096 bytes"),
    ]  # fmt: skip


def _others() -> List[Case]:
    return [
        _case("standard-whpk", "A public key for Standard Webhooks.", "accept", "standard", WHPK),
        _case("standard-whsk", "A private one.", "accept", "standard", WHSK_OTHER),
        _case("standard-mixed", "Both kinds.", "accept", "standard", STANDARD_SECRET, WHPK),
        _case("standard-hex", "A key of Ed25519 without whpk_ is no base64 secret.", _BAD, "standard",
              ED_KEY.hex() + "=", says="not canonical standard base64"),
        _case("standard-pem", "Nor is one in PEM.", _BAD, "standard", pem(ED_INFO),
              says="not canonical standard base64"),
        _case("standard-whpk-weak", "One of small order.", _BAD, "standard", "whpk_" + b64(_little(1)),
              says=_NOT_PUBLIC),
        _case("standard-whpk-upper-case", "The prefix in capitals.", _BAD, "standard",
              WHPK.replace("whpk_", "WHPK_"), says="not canonical standard base64"),
        _case("stripe-whpk", "To Stripe it is a text like any other.", "accept", "stripe", WHPK),
        _case("github-pem", "PEM is a text where secrets are; its last line break is none of it.",
              "accept", "github", pem(ED_INFO)),
        _case("paypal", "PayPal's secret is the id of the webhook.", "accept", "paypal", "1JE4291016473214C"),
        _case("paypal-none", "None.", _NONE, "paypal"),
        _case("paypal-empty", "An empty one.", "empty_secret", "paypal", ""),
        _case("paypal-space", "One with a line break.", _BAD, "paypal", "1JE4291016473214C\n",
              says="begins or ends with whitespace"),
        _case("fal", "fal's is the id of the user.", "accept", "fal", "user_1"),
        _case("fal-none", "None.", _NONE, "fal"),
        _case("fal-key", "Or a key, for tests.", "accept", "fal", WHPK),
        _case("fal-key-cut", "One that was cut short is no id.", _BAD, "fal", WHPK[:-4]),
        _case("netlify", "Netlify's is shared.", "accept", "netlify", TEXT_SECRET),
        _case("netlify-none", "None.", _NONE, "netlify"),
        _case("fusionauth-none", "FusionAuth's may be found by its id.", "accept", "fusionauth"),
        _case("fusionauth-text", "Or be shared.", "accept", "fusionauth", TEXT_SECRET),
        _case("fusionauth-hex", "64 digits are a shared secret.", "accept", "fusionauth", ED_KEY.hex()),
        _case("fusionauth-pem", "Or public.", "accept", "fusionauth", pem(RSA_INFO)),
        _case("fusionauth-pem-cut", "What begins as PEM is no shared secret.", _BAD, "fusionauth",
              pem(RSA_INFO)[:200], says=_NOT_PUBLIC),
        _case("fusionauth-json", "What begins as JSON is none.", _BAD, "fusionauth", "{secret}",
              says=_NOT_PUBLIC),
        _case("fusionauth-certificate", "A certificate is none.", _BAD, "fusionauth",
              certificate(RSA_INFO, "a"), says=_NOT_PUBLIC),
        _case("fusionauth-der-1024", "Nor the DER of a key that is not taken.", _BAD, "fusionauth",
              b64(RSA_1024_INFO), says=_NOT_PUBLIC),
        _case("fusionauth-whpk", "whpk_ is a key of Ed25519.", "accept", "fusionauth", WHPK),
        _case("fusionauth-whpk-cut", "And if it is none, no shared secret.", _BAD, "fusionauth", WHPK[:-4],
              says=_NOT_PUBLIC),
        _case("alias-ghl", "An alias.", "accept", "ghl", b64(ED_INFO)),
        _case("alias-fal", "An alias.", "accept", "fal-ai", "user_1"),
    ]  # fmt: skip


def _described() -> List[Case]:
    base: Dict[str, Any] = {"name": "custom", "headers": {"signature": "x-signature"}}

    def case(called: str, about: str, want: str, secret: str, *, says: Any = None, **parts: Any) -> Case:
        return _case(f"described-{called}", about, want, {**base, **parts}, secret, says=says)

    public = {"algorithm": "ed25519", "key": "public-key"}
    unfit = "its algorithm and the form of its key do not fit"
    registered = "of registered schemes only"
    uncovered = "its content does not cover the body"
    return [
        case("ed25519", "Ed25519.", "accept", WHPK, **public),
        case("ecdsa", "ECDSA.", "accept", pem(EC_INFO), algorithm="ecdsa-p256-sha256", key="public-key"),
        case("rsa", "RSA.", "accept", pem(RSA_INFO), algorithm="rsa-pkcs1-sha256", key="public-key"),
        case("ecdsa-other-key", "ECDSA, and a key of Ed25519.", _BAD, WHPK, says=_OTHER_TYPE,
             algorithm="ecdsa-p256-sha256", key="public-key"),
        case("text-key", "Ed25519, and a key that is text.", _SCHEME, WHPK, says=unfit,
             algorithm="ed25519"),
        case("base64-key", "And a key that is base64.", _SCHEME, WHPK, says=unfit, algorithm="ed25519",
             key="base64"),
        case("hmac-public", "HMAC, and a public key.", _SCHEME, WHPK, says=unfit, key="public-key"),
        case("either", "A public key or a text.", _SCHEME, WHPK, says=unfit, algorithm="ed25519",
             key="public-key-or-text"),
        case("hmac-either", "The same of HMAC.", _SCHEME, "a", says=unfit, key="public-key-or-text"),
        case("token-public", "A token.", _SCHEME, WHPK, says="a token has content, or a key that is not text",
             algorithm="token", key="public-key", content=""),
        case("identity", "A key that is fetched.", _SCHEME, "a", says=f"the form of its key is {registered}",
             algorithm="ed25519", key="identity"),
        case("identity-secret", "The same, signed.", _SCHEME, "a",
             says=f"the form of its key is {registered}", algorithm="ed25519", key="identity",
             content="{secret}{body}"),
        case("hmac-identity", "The same of HMAC.", _SCHEME, "a", says=unfit, key="identity"),
        case("jws", "A JSON Web Signature.", _SCHEME, "a", says=f"its algorithm is {registered}",
             algorithm="jws", content=""),
        case("jws-content", "The same with content.", _SCHEME, "a", says=f"its algorithm is {registered}",
             algorithm="jws"),
        case("secret", "A secret in the content.", _SCHEME, WHPK,
             says="its content has the secret and its algorithm is keyed", content="{secret}{body}",
             **public),
        case("uncovered", "Content without the body.", _SCHEME, WHPK, says=uncovered,
             content="{url}", **public),
        case("crc32", "A checksum does not cover the body: another with the same is easily made.",
             _SCHEME, WHPK, says=uncovered, content="{crc32}", **public),
        case("sha256", "A digest does.", "accept", TEXT_SECRET, content="{sha256}"),
        case("crc32-name", "The name of a part in capitals.", _SCHEME, WHPK,
             says="an unknown part or an unmatched brace", content="{CRC32}", **public),
        case("algorithm", "Another algorithm.", _SCHEME, WHPK,
             says="algorithm is not one of hmac-sha256, hmac-sha1, hmac-sha512, plain-sha256, plain-md5, token, ed25519,",
             algorithm="ed448"),
        case("key-word", "Another form of keys.", _SCHEME, WHPK,
             says="base64-and-text, public-key, public-key-or-text, identity", key="private-key"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "construct-public-keys.json",
        "construct",
        "Public keys as secrets: PEM, base64, hexadecimal, JWK, whpk_ and whsk_; weak, short and"
        " malformed ones; which schemes take them, and which descriptions.",
        _ed25519() + _p256() + _rsa() + _jwks() + _others() + _described(),
    )
