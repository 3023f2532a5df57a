"""One text for each tag: everything that is not canonical is skipped."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from casebook import Case, Topic, verify_case
from fixtures import MSG, NOW, SAMPLES, TEXT_SECRET, b64, mapped, tag, v1, with_value

_MALFORMED = "malformed_signature"
_UNSUPPORTED = "unsupported_signature"
_BODY = b'{"ok":true}'
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _trailing_bits(encoded: str) -> str:
    """Sets the lowest bit of the last character, which carries no byte."""
    bare = encoded.rstrip("=")
    last = _ALPHABET[_ALPHABET.index(bare[-1]) + 1]
    return bare[:-1] + last + encoded[len(bare) :]


def _standard(case_id: str, about: str, want: str, value: str, says: Optional[str] = None) -> Case:
    sample = SAMPLES["standard"]
    if want == _MALFORMED:
        says = (
            "the header webhook-signature holds no 32-byte signature in canonical base64 after v1,"
        )
    return verify_case(
        case_id, about, want, says=says, scheme="standard", secrets=[sample.secret],
        headers=with_value(sample.headers(), "webhook-signature", value),
        body=sample.body, now=NOW,
    )  # fmt: skip


def _signed_with(symbol: str) -> int:
    """A timestamp at which the standard sample's tag has `symbol` in its base64."""
    body = SAMPLES["standard"].body
    return next(at for at in range(NOW, NOW + 300) if symbol in v1(body, at=at))


def _base64_prefixed() -> List[Case]:
    sample = SAMPLES["standard"]
    good = v1(sample.body)
    bare = good[len("v1,") :]
    cases = [
        _standard(f"encodings-base64-{called}", about, _MALFORMED, value)
        for called, about, value in (
            ("trailing-bits", "The unused bits of the last character are not zero.",
             "v1," + _trailing_bits(bare)),
            ("unpadded", "The padding is missing.", good.rstrip("=")),
            ("over-padded", "One = too many.", good + "="),
            ("inner-space", "A space inside makes two entries, and none is whole.",
             good[:20] + " " + good[20:]),
            ("space-after-prefix", "A space after the prefix leaves an empty tag.",
             "v1, " + bare),
            ("empty", "Nothing after the prefix.", "v1,"),
            ("31-bytes", "A tag of 31 bytes.", "v1," + b64(bytes(31))),
            ("33-bytes", "A tag of 33 bytes.", "v1," + b64(bytes(33))),
            ("64-bytes", "A tag of 64 bytes.", "v1," + b64(bytes(64))),
            ("hexadecimal", "The tag in hexadecimal.", "v1," + "ab" * 32),
            ("quoted", "The tag in quotes.", f'v1,"{bare}"'),
            ("data-after-padding", "More after the padding.", good + "AAAA"),
            ("no-prefix", "The tag without its version.", bare),
            ("equals-prefix", "An equals sign in place of the comma.", "v1=" + bare),
            ("doubled-prefix", "The prefix twice.", "v1," + good),
            ("percent-encoded", "A percent-encoded = at the end.", good.replace("=", "%3D")),
        )
    ]  # fmt: skip
    cases += [
        _standard(
            "encodings-base64-upper-case-prefix", "V1 is another version.",
            _UNSUPPORTED, "V1," + bare,
            "the header webhook-signature holds no v1 signature, only other versions",
        ),
        _standard(
            "encodings-base64-newline", "A line feed inside, as MIME's base64 has.",
            "malformed_header", good[:20] + "\n" + good[20:],
            "the header webhook-signature holds a character other than",
        ),
        _standard(
            "encodings-base64-spaces-around", "Spaces around an entry are trimmed.",
            "accept", f"  {good}  ",
        ),
    ]  # fmt: skip
    for symbol, safe, called in (("+", "-", "plus"), ("/", "_", "slash")):
        at = _signed_with(symbol)
        entry = v1(sample.body, at=at)
        for url_safe in (False, True):
            cases.append(
                verify_case(
                    f"encodings-base64-{'url-safe' if url_safe else 'standard'}-{called}",
                    f"A tag with {safe if url_safe else symbol} in it, of the"
                    f" {'URL-safe' if url_safe else 'standard'} alphabet.",
                    _MALFORMED if url_safe else "accept",
                    scheme="standard", secrets=[sample.secret],
                    headers=[
                        ("webhook-id", MSG),
                        ("webhook-timestamp", str(at)),
                        (
                            "webhook-signature",
                            entry.replace(symbol, safe) if url_safe else entry,
                        ),
                    ],
                    body=sample.body, now=at,
                )
            )  # fmt: skip
    return cases


def _base64_bare() -> List[Case]:
    sample = SAMPLES["shopify"]
    good = b64(tag(TEXT_SECRET.encode(), sample.body))

    def case(called: str, about: str, want: str, value: str) -> Case:
        says = None
        if want == _MALFORMED:
            says = "x-shopify-hmac-sha256 holds no 32-byte signature in canonical base64"
        return verify_case(
            f"encodings-bare-base64-{called}", about, want, says=says,
            scheme="shopify", secrets=[sample.secret],
            headers=with_value(sample.headers(), "x-shopify-hmac-sha256", value),
            body=sample.body, now=NOW,
        )  # fmt: skip

    return [
        case("trailing-bits", "Non-zero trailing bits.", _MALFORMED, _trailing_bits(good)),
        case("unpadded", "The padding is missing.", _MALFORMED, good.rstrip("=")),
        case("inner-space", "A space inside the value.", _MALFORMED, good[:8] + " " + good[8:]),
        case("spaces-around", "Spaces around the value are trimmed.", "accept", f" {good} "),
        case("only-spaces", "Spaces alone hold no signature.", _MALFORMED, "   "),
        case("prefixed", "Without a prefix in the scheme, sha256= is no base64.",
             _MALFORMED, "sha256=" + good),
        case("hexadecimal", "64 hexadecimal digits are base64 of 48 bytes.",
             _MALFORMED, tag(TEXT_SECRET.encode(), sample.body).hex()),
        case("list", "Without a separator two tags are no list.", _MALFORMED, f"{good} {good}"),
    ]  # fmt: skip


def _hex() -> List[Case]:
    sample = SAMPLES["github"]
    digits = tag(TEXT_SECRET.encode(), sample.body).hex()

    def case(called: str, about: str, want: str, value: str, says: Optional[str] = None) -> Case:
        if want == _MALFORMED:
            says = "holds no 32-byte signature in canonical lower-case hexadecimal after sha256="
        return verify_case(
            f"encodings-hex-{called}", about, want, says=says, scheme="github",
            secrets=[sample.secret],
            headers=with_value(sample.headers(), "x-hub-signature-256", value),
            body=sample.body, now=NOW,
        )  # fmt: skip

    other = "the header x-hub-signature-256 holds no sha256 signature, only other versions"
    sha1 = "sha1=" + tag(TEXT_SECRET.encode(), sample.body, "sha1").hex()
    return [
        case("upper-case", "Upper-case digits.", _MALFORMED, "sha256=" + digits.upper()),
        case("one-upper-case", "One upper-case digit.", _MALFORMED,
             "sha256=" + next(digits[:n] + c.upper() + digits[n + 1:]
                              for n, c in enumerate(digits) if c.isalpha())),
        case("odd-length", "One digit is missing.", _MALFORMED, "sha256=" + digits[:-1]),
        case("one-byte-short", "One byte is missing.", _MALFORMED, "sha256=" + digits[:-2]),
        case("one-byte-long", "One byte too many.", _MALFORMED, "sha256=" + digits + "00"),
        case("empty", "Nothing after the prefix.", _MALFORMED, "sha256="),
        case("no-digit", "A letter that is no digit.", _MALFORMED, "sha256=" + digits[:-1] + "g"),
        case("0x", "0x before the digits.", _MALFORMED, "sha256=0x" + digits),
        case("inner-space", "A space after the prefix.", _MALFORMED, "sha256= " + digits),
        case("colons", "Bytes separated by colons.", _MALFORMED,
             "sha256=" + ":".join(digits[n:n + 2] for n in range(0, 64, 2))),
        case("base64", "The tag in base64.", _MALFORMED, "sha256=" + b64(bytes.fromhex(digits))),
        case("no-prefix", "The digits without sha256=.", _MALFORMED, digits),
        case("sha1-tag", "A SHA-1 tag after sha256=.", _MALFORMED, "sha256=" + sha1[5:]),
        case("sha1", "GitHub's older signature in the header of the newer one.",
             _UNSUPPORTED, sha1, other),
        case("upper-case-prefix", "SHA256 is another label.",
             _UNSUPPORTED, "SHA256=" + digits, other),
        case("spaces-around", "Spaces around the value are trimmed.",
             "accept", f" sha256={digits}  "),
    ]  # fmt: skip


def _scheme(algorithm: str, encoding: str) -> Dict[str, Any]:
    return {
        "name": f"{algorithm[5:]}-{encoding}",
        "headers": {"signature": "x-signature"},
        "prefix": "v1=",
        "algorithm": algorithm,
        "encoding": encoding,
    }


def _other_forms() -> List[Case]:
    key = TEXT_SECRET.encode()
    sha1, sha256, sha512 = (tag(key, _BODY, name) for name in ("sha1", "sha256", "sha512"))

    def case(
        called: str, about: str, want: str, algorithm: str, encoding: str, value: str,
        says: Optional[str] = None,
    ) -> Case:  # fmt: skip
        return verify_case(
            f"encodings-{called}", about, want, says=says,
            scheme=_scheme("hmac-" + algorithm, encoding), secrets=[TEXT_SECRET],
            headers=[("X-Signature", value)], body=_BODY, now=NOW,
        )  # fmt: skip

    upper = sha256.hex().upper()
    mixed = upper[:32] + upper[32:].lower()
    return [
        case("upper", "Upper-case digits where they are wanted.", "accept",
             "sha256", "hex-upper", "v1=" + upper),
        case("upper-given-lower", "Lower-case digits where upper-case ones are wanted.",
             _MALFORMED, "sha256", "hex-upper", "v1=" + upper.lower(),
             "the header x-signature holds no 32-byte signature in canonical upper-case"
             " hexadecimal after v1="),
        case("upper-given-mixed", "Mixed case where upper case is wanted.",
             _MALFORMED, "sha256", "hex-upper", "v1=" + mixed),
        case("any-case-lower", "Any case: lower.", "accept",
             "sha256", "hex-any-case", "v1=" + upper.lower()),
        case("any-case-upper", "Any case: upper.", "accept",
             "sha256", "hex-any-case", "v1=" + upper),
        case("any-case-mixed", "Any case: mixed.", "accept",
             "sha256", "hex-any-case", "v1=" + mixed),
        case("any-case-odd", "Any case: an odd number of digits.", _MALFORMED,
             "sha256", "hex-any-case", "v1=" + mixed[:-1],
             "the header x-signature holds no 32-byte signature in canonical hexadecimal after"
             " v1="),
        case("sha1-hex", "SHA-1 in hexadecimal.", "accept", "sha1", "hex", "v1=" + sha1.hex()),
        case("sha1-base64", "SHA-1 in base64.", "accept", "sha1", "base64", "v1=" + b64(sha1)),
        case("sha1-trailing-bits", "SHA-1 in base64 with non-zero trailing bits.",
             _MALFORMED, "sha1", "base64", "v1=" + _trailing_bits(b64(sha1)),
             "holds no 20-byte signature in canonical base64 after v1="),
        case("sha1-given-sha256", "A SHA-256 tag where SHA-1 is wanted.",
             _MALFORMED, "sha1", "hex", "v1=" + sha256.hex(),
             "holds no 20-byte signature in canonical lower-case hexadecimal after v1="),
        case("sha1-cut-sha256", "A SHA-256 tag cut to 20 bytes fits nothing.",
             "signature_mismatch", "sha1", "hex", "v1=" + sha256[:20].hex()),
        case("sha512-hex", "SHA-512 in hexadecimal.", "accept",
             "sha512", "hex", "v1=" + sha512.hex()),
        case("sha512-base64", "SHA-512 in base64, with two = of padding.", "accept",
             "sha512", "base64", "v1=" + b64(sha512)),
        case("sha512-one-padding", "SHA-512 in base64 with one = too few.",
             _MALFORMED, "sha512", "base64", "v1=" + b64(sha512)[:-1],
             "holds no 64-byte signature in canonical base64 after v1="),
        case("sha512-cut", "SHA-512 cut to 32 bytes.",
             _MALFORMED, "sha512", "hex", "v1=" + sha512[:32].hex()),
        case("sha512-trailing-bits", "SHA-512 in base64 with non-zero trailing bits.",
             _MALFORMED, "sha512", "base64", "v1=" + _trailing_bits(b64(sha512))),
    ]  # fmt: skip


def _cut_short() -> List[Case]:
    return [
        verify_case(
            f"encodings-{name}-cut-short", "The last character of the signature is missing.",
            _MALFORMED, says=f"the header {sample.signature_header} holds no 32-byte signature",
            scheme=name, secrets=[sample.secret],
            headers=mapped(sample.headers(), sample.signature_header, lambda value: value[:-1]),
            body=sample.body, now=NOW,
        )
        for name, sample in SAMPLES.items()
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-encodings.json",
        "verify",
        "Canonical base64 and hexadecimal, their lengths, and the three hash functions.",
        _cut_short() + _base64_prefixed() + _base64_bare() + _hex() + _other_forms(),
    )
