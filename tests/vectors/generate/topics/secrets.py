"""Secrets at construction: what is refused, and with which hint."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union

from casebook import Case, Topic, construct_case
from fixtures import STANDARD_SECRET, TEXT_SECRET

_EMPTY, _BAD, _NONE = "empty_secret", "malformed_secret", "no_secrets"
_WHITESPACE = "the secret begins or ends with whitespace"
_BASE64 = "the secret is not canonical standard base64; was it cut short"
_HEX = "the secret is not an even number of hexadecimal digits; was it cut short"
_HEX_SCHEME: Dict[str, Any] = {
    "name": "hex-key",
    "headers": {"signature": "x-signature"},
    "key": "hex",
    "secret_prefix": "key_",
}
_BASE64_SCHEME: Dict[str, Any] = {
    "name": "base64-key",
    "headers": {"signature": "x-signature"},
    "key": "base64",
}


def _case(
    called: str,
    about: str,
    want: str,
    scheme: Union[str, Dict[str, Any]],
    *secrets: str,
    says: Optional[str] = None,
) -> Case:
    return construct_case(
        f"secrets-{called}", about, want, scheme=scheme, secrets=secrets, says=says
    )  # fmt: skip


def _length() -> List[Case]:
    long = "the secret is longer than 4096 bytes; was a whole file passed in its place?"
    return [
        _case("text-longest", "4096 bytes are the most.", "accept", "github", "x" * 4096),
        _case("text-too-long", "One byte more.", _BAD, "github", "x" * 4097, says=long),
        _case("text-too-long-in-bytes", "The length is that of the UTF-8 form.", _BAD, "github",
              "\u00e9" * 2049, says=long),
        _case("text-too-long-and-whitespace", "The length is reported before whitespace.", _BAD,
              "github", "x" * 4097 + "\n", says=long),
        _case("base64-too-long", "The length counts before decoding.", _BAD, "standard",
              "whsec_" + "AAAA" * 1024, says=long),
    ]  # fmt: skip


def _whitespace() -> List[Case]:
    refused = (
        ("space", " "), ("tab", "\t"), ("line-feed", "\n"), ("carriage-return", "\r"),
        ("vertical-tab", "\v"), ("form-feed", "\f"), ("next-line", "\u0085"),
        ("no-break-space", "\u00a0"), ("ogham-space", "\u1680"), ("en-quad", "\u2000"),
        ("hair-space", "\u200a"), ("line-separator", "\u2028"), ("paragraph-separator", "\u2029"),
        ("narrow-no-break-space", "\u202f"), ("mathematical-space", "\u205f"),
        ("ideographic-space", "\u3000"), ("byte-order-mark", "\ufeff"),
    )  # fmt: skip
    kept = (
        ("file-separator", "\x1c"), ("unit-separator", "\x1f"), ("mongolian-separator", "\u180e"),
        ("zero-width-space", "\u200b"), ("word-joiner", "\u2060"), ("nul", "\0"),
    )  # fmt: skip
    cases = [
        _case(f"text-ends-with-{called}", f"U+{ord(character):04X} after a text secret.", _BAD,
              "github", TEXT_SECRET + character, says=_WHITESPACE)
        for called, character in refused
    ] + [
        _case(f"text-ends-with-{called}", f"U+{ord(character):04X} is no whitespace.", "accept",
              "github", TEXT_SECRET + character)
        for called, character in kept
    ]  # fmt: skip
    return cases + [
        _case("text-begins-with-space", "A space before the secret.", _BAD,
              "github", " " + TEXT_SECRET, says=_WHITESPACE),
        _case("text-begins-with-byte-order-mark", "A file read with its byte order mark.", _BAD,
              "stripe", "\ufeff" + STANDARD_SECRET, says=_WHITESPACE),
        _case("text-crlf", "A secret read with CRLF.", _BAD, "slack", "abc\r\n", says=_WHITESPACE),
        _case("text-only-space", "A space alone.", _BAD, "github", " ", says=_WHITESPACE),
        _case("text-inner-space", "Spaces inside a text secret belong to it.", "accept",
              "github", TEXT_SECRET),
        _case("text-inner-newline", "A line break inside a text secret too.", "accept",
              "github", "a\nb"),
        _case("base64-trailing-newline", "A line break after a base64 secret: it says whitespace.",
              _BAD, "standard", STANDARD_SECRET + "\n", says=_WHITESPACE),
        _case("base64-leading-space", "A space before a base64 secret.", _BAD,
              "standard", " " + STANDARD_SECRET, says=_WHITESPACE),
        _case("base64-space-after-prefix", "A space after the prefix is no base64.", _BAD,
              "standard", "whsec_ " + STANDARD_SECRET[6:], says=_BASE64),
        _case("base64-prefix-and-space", "The prefix and a space: it ends with whitespace.", _BAD,
              "standard", "whsec_ ", says=_WHITESPACE),
        _case("hex-trailing-newline", "A line break after a hexadecimal secret.", _BAD,
              _HEX_SCHEME, "key_00ff\n", says=_WHITESPACE),
    ]  # fmt: skip


def _empty() -> List[Case]:
    cases = [
        _case(f"empty-{name}", "An empty secret is refused in every scheme.", _EMPTY, name, "",
              says="the secret is empty; is the setting that holds it set?")
        for name in ("standard", "svix", "github", "stripe", "slack", "shopify", "sha256")
    ]  # fmt: skip
    return cases + [
        _case("empty-after-prefix", "The prefix alone leaves nothing.", _EMPTY,
              "standard", "whsec_"),
        _case("empty-hex-after-prefix", "The prefix of a hexadecimal secret alone.", _EMPTY,
              _HEX_SCHEME, "key_"),
        _case("empty-prefix-is-text-in-stripe", "To Stripe, whsec_ is a text like any other.",
              "accept", "stripe", "whsec_"),
        _case("empty-second", "An empty secret beside a good one.", _EMPTY,
              "github", TEXT_SECRET, ""),
        _case("none", "No secret at all.", _NONE, "standard",
              says="no secret was given; at least one is needed"),
        _case("none-described", "No secret for a described scheme.", _NONE, _HEX_SCHEME),
    ]  # fmt: skip


def _base64() -> List[Case]:
    accepted = (
        ("padded", "Padded, with its prefix.", STANDARD_SECRET),
        ("without-prefix", "Padded, without the prefix.", STANDARD_SECRET[6:]),
        ("unpadded", "Without any padding.", STANDARD_SECRET.rstrip("=")),
        ("two-padding", "Two = of padding.", "whsec_QQ=="),
        ("two-padding-left-out", "Two = left out.", "whsec_QQ"),
        ("no-padding-needed", "Whole groups of four.", "whsec_QUJD"),
        ("plus-and-slash", "The two last characters of the alphabet.", "whsec_+/+/"),
        ("one-byte", "A key may be as short as one byte.", "whsec_AA=="),
    )
    refused = (
        ("half-padded", "One = where two are due.", "whsec_QQ="),
        ("over-padded", "Padding after whole groups.", "whsec_QUJD="),
        ("three-padding", "Three =.", "whsec_Q==="),
        ("only-padding", "Padding alone.", "whsec_===="),
        ("one-character", "One character beyond whole groups.", "whsec_QUJDQ"),
        ("trailing-bits-padded", "Non-zero trailing bits, padded.", "whsec_QR=="),
        ("trailing-bits-unpadded", "Non-zero trailing bits, unpadded.", "whsec_QR"),
        ("trailing-bits-of-two", "Non-zero trailing bits of a group of three.", "whsec_QUJ="),
        ("url-safe-minus", "A minus sign, of the URL-safe alphabet.", "whsec_-_-_"),
        ("url-safe-underscore", "An underscore.", "whsec_QU_D"),
        ("inner-space", "A space inside.", "whsec_QUJD QUJD"),
        ("inner-newline", "A line break inside.", "whsec_QUJD\nQUJD"),
        ("padding-inside", "Padding before the end.", "whsec_QQ==QUJD"),
        ("doubled-prefix", "The prefix twice.", "whsec_whsec_QUJD"),
        ("upper-case-prefix", "The prefix in another case.", "WHSEC_QUJD"),
        ("text", "A text with its apostrophe and spaces.", TEXT_SECRET),
        ("quoted", "A secret in quotes.", f'"{STANDARD_SECRET}"'),
        ("non-ascii", "A letter beyond ASCII.", "whsec_QUJ\u00e9"),
        ("fullwidth", "Full-width letters.", "whsec_\uff31\uff35\uff2a\uff24"),
        ("nul", "A NUL after the base64.", "whsec_QUJD\0"),
        ("percent", "Percent-encoded padding.", "whsec_QQ%3D%3D"),
    )
    cases = [
        _case(f"base64-{called}", about, "accept", "standard", secret)
        for called, about, secret in accepted
    ] + [
        _case(f"base64-{called}", about, _BAD, "standard", secret, says=_BASE64)
        for called, about, secret in refused
    ]
    return cases + [
        _case("base64-public-key", "A public key of 24 bytes.", _BAD, "standard",
              "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqf", says="the secret is not a public key"),
        _case("base64-svix-refused", "Svix has the same rule.", _BAD,
              "svix", "whsec_QR", says=_BASE64),
        _case("base64-foreign-prefix", "whsec_ where the scheme has no prefix.", _BAD,
              _BASE64_SCHEME, "whsec_QUJD", says=_BASE64),
        _case("base64-no-prefix-scheme", "A scheme without a prefix.", "accept",
              _BASE64_SCHEME, "QUJD"),
        _case("base64-malformed-second", "The second secret is malformed.", _BAD,
              "standard", STANDARD_SECRET, "whsec_QR", says=_BASE64),
        _case("first-fault-counts", "Two faulty secrets: the first is reported.", _BAD,
              "standard", "whsec_QR", ""),
    ]  # fmt: skip


def _hex() -> List[Case]:
    accepted = (
        ("lower", "Lower case.", "key_00ff10ab"),
        ("upper", "Upper case.", "key_00FF10AB"),
        ("mixed", "Mixed case.", "key_00fF10Ab"),
        ("without-prefix", "Without its prefix.", "00ff10ab"),
    )
    refused = (
        ("odd", "An odd number of digits.", "key_00f"),
        ("letter", "A letter that is no digit.", "key_00fg"),
        ("0x", "0x before the digits.", "0x00ff"),
        ("colons", "Colons between the bytes.", "key_00:ff"),
        ("inner-space", "A space between the bytes, as bytes.fromhex() reads.", "key_00 ff"),
        ("other-prefix", "Another prefix.", "sec_00ff"),
        ("fullwidth", "Full-width digits.", "key_\uff10\uff10"),
    )
    return [
        _case(f"hex-{called}", about, "accept", _HEX_SCHEME, secret)
        for called, about, secret in accepted
    ] + [
        _case(f"hex-{called}", about, _BAD, _HEX_SCHEME, secret, says=_HEX)
        for called, about, secret in refused
    ]


def _text() -> List[Case]:
    return [
        _case("text-other-scripts", "A text secret in other scripts.", "accept",
              "github", "\u79d8\u5bc6\U0001f511"),
        _case("text-one-character", "A text secret of one character.", "accept", "github", "x"),
        _case("text-long", "A text secret of 1,000 characters.", "accept", "shopify", "k" * 1000),
        _case("text-not-decoded", "What looks like base64 is a text.", "accept", "sha256", "QR"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "construct-secrets.json",
        "construct",
        "Secrets in each form: empty, whitespace, base64, hexadecimal and text.",
        _whitespace() + _length() + _empty() + _base64() + _hex() + _text(),
    )
