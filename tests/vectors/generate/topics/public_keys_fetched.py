"""Keys that the host fetches: what is needed, and what of the answers is taken."""

from __future__ import annotations

import binascii
import hashlib
from typing import Any, List, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW, Headers, b64, with_value, without
from key_fixtures import (
    EC_INFO,
    EC_OTHER_INFO,
    EC_OTHER_POINT,
    ED_INFO,
    ED_OTHER,
    RSA_1024_INFO,
    RSA_INFO,
    WHPK,
    WHPK_OTHER,
    RSA_OTHER_INFO,
    Signer,
    by_ecdsa,
    by_ed25519,
    by_other_ed25519,
    by_other_rsa,
    by_rsa,
    certificate,
    ed25519_jwk,
    jwks,
    p256_jwk,
    pem,
    rsa_jwk,
    text_of,
)

_MISMATCH, _NEEDED, _BAD_KEY = "signature_mismatch", "key_needed", "malformed_key"
_UNREADABLE = "the key that was fetched cannot be read"
_OTHER_TYPE = "of another type than the scheme's"

# PayPal
_PAYPAL_NAME = "messageverificationcerts.paypal.com"
_CERTIFICATE = certificate(RSA_INFO, _PAYPAL_NAME)
_CERT_URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-ab66f33d"
_WEBHOOK_ID = "1JE4291016473214C"
_SALE = (
    b'{"id":"WH-1","create_time":"2023-11-14T22:13:10Z","resource_type":"sale",'
    b'"event_type":"PAYMENT.SALE.COMPLETED","resource":{"amount":"20.00"}}'
)
_SIGNATURE, _URL_HEADER = "paypal-transmission-sig", "paypal-cert-url"


def _paypal_headers(
    body: bytes = _SALE, *, signer: Signer = by_rsa, webhook: str = _WEBHOOK_ID,
    url: Optional[str] = _CERT_URL, time: str = "2023-11-14T22:13:20Z",
) -> Headers:  # fmt: skip
    content = f"t-1|{time}|{webhook}|{binascii.crc32(body)}".encode()
    headers = [
        ("PAYPAL-TRANSMISSION-ID", "t-1"), ("PAYPAL-TRANSMISSION-TIME", time),
        ("PAYPAL-TRANSMISSION-SIG", b64(signer(content))), ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
    ]  # fmt: skip
    return headers if url is None else [*headers, ("PAYPAL-CERT-URL", url)]


def _paypal(called: str, about: str, want: str, headers: Optional[Headers] = None,
            key: Optional[str] = _CERTIFICATE, *, secrets: Optional[List[str]] = None,
            body: bytes = _SALE, now: int = NOW, **more: Any) -> Case:  # fmt: skip
    return verify_case(
        f"fetched-paypal-{called}", about, want, scheme="paypal", secrets=secrets or [_WEBHOOK_ID],
        headers=_paypal_headers() if headers is None else headers, body=body, now=now, key=key, **more,
    )  # fmt: skip


def _paypal_requests() -> List[Case]:
    headers = _paypal_headers()
    middle = len(_SALE) // 2
    other_amount = _SALE.replace(b"20.00", b"90.00")
    return [
        _paypal("valid", "What PayPal sends, with its certificate.", "accept",
                event={"id": "WH-1", "type": "PAYMENT.SALE.COMPLETED", "timestamp": NOW - 10,
                       "dedupe_key": "paypal:WH-1", "data": '{"amount":"20.00"}'},
                gives={"id": "t-1", "timestamp": NOW}),
        _paypal("needed", "The certificate was not fetched yet.", _NEEDED, key=None,
                needs={"url": _CERT_URL, "key_id": None}, says="the key at the provider's URL"),
        _paypal("tampered-body", "Another body.", _MISMATCH,
                body=_SALE[:middle] + b"0" + _SALE[middle:]),
        _paypal("other-amount", "Another amount.", _MISMATCH, body=other_amount),
        _paypal("tampered-id", "Another transmission.", _MISMATCH,
                with_value(headers, "paypal-transmission-id", "t-2")),
        _paypal("tampered-time", "Another time.", _MISMATCH,
                with_value(headers, "paypal-transmission-time", "2023-11-14T22:13:21Z")),
        _paypal("other-webhook", "Another webhook's id, which is signed and not sent.", _MISMATCH,
                secrets=["0EH40505U7160970P"]),
        _paypal("second-webhook", "One of two webhooks.", "accept",
                secrets=["0EH40505U7160970P", _WEBHOOK_ID], gives={"key_index": 1}),
        _paypal("ambiguous-id", "An id with the character that ends it.", "malformed_header",
                with_value(headers, "paypal-transmission-id", "t|1")),
        _paypal("malformed-time", "What is no time.", "malformed_timestamp",
                with_value(headers, "paypal-transmission-time", str(NOW))),
        _paypal("malformed-signature", "What is no signature: no certificate is needed to know.",
                "malformed_signature", with_value(headers, _SIGNATURE, "?"), None),
        _paypal("no-signature", "Without the signature.", "missing_header",
                without(headers, _SIGNATURE), None),
        _paypal("old", "An old request: PayPal names no tolerance.", "accept", now=NOW + 9_999_999),
        _paypal("stale", "An old request, where a tolerance is set.", "timestamp_too_old",
                now=NOW + 301, tolerance=(300, 300)),
        _paypal("by-other-key", "Signed by another key than the certificate's.", _MISMATCH,
                _paypal_headers(signer=by_other_rsa)),
        _paypal("url-twice", "Two URLs of certificates.", "conflicting_header",
                [*headers, ("PayPal-Cert-Url", _CERT_URL + "0")]),
        _paypal("url-twice-equal", "The same one twice.", "accept",
                [*headers, ("PayPal-Cert-Url", _CERT_URL)]),
    ]  # fmt: skip


def _paypal_urls() -> List[Case]:
    path = "/v1/notifications/certs/CERT-1"
    trusted = (
        ("sandbox", "The sandbox.", f"https://api.sandbox.paypal.com{path}"),
        ("api-m", "The other host.", f"https://api-m.paypal.com{path}"),
        ("api-m-sandbox", "The other host of the sandbox.", f"https://api-m.sandbox.paypal.com{path}"),
        ("upper-case-host", "A host in capitals is the same.", f"https://API.PayPal.com{path}"),
        ("longest", "2048 characters.", f"https://api.paypal.com{path}".ljust(2048, "a")),
    )
    refused = (
        ("http", "HTTP.", f"http://api.paypal.com{path}"),
        ("upper-case-scheme", "The scheme in capitals, which nobody sends.", f"HTTPS://api.paypal.com{path}"),
        ("other-host", "Another host.", f"https://evil.example{path}"),
        ("prefix-of-host", "A host that begins so.", f"https://api.paypal.com.evil.example{path}"),
        ("suffix-of-host", "A host that ends so.", f"https://evilapi.paypal.com{path}"),
        ("subdomain", "A subdomain.", f"https://x.api.paypal.com{path}"),
        ("dot-at-end", "A dot after the host.", f"https://api.paypal.com.{path}"),
        ("port", "A port.", f"https://api.paypal.com:8443{path}"),
        ("port-443", "The port of HTTPS.", f"https://api.paypal.com:443{path}"),
        ("user", "A name before another host.", f"https://api.paypal.com@evil.example{path}"),
        ("user-of-host", "A name before the host.", f"https://user@api.paypal.com{path}"),
        ("backslash", "A backslash, which browsers read as a slash.", f"https://evil.example\\@api.paypal.com{path}"),
        ("backslash-after", "A backslash after the host.", f"https://api.paypal.com\\.evil.example{path}"),
        ("slash-in-host", "Another host and the right one in its path.", f"https://evil.example/api.paypal.com{path}"),
        ("query", "A query.", f"https://api.paypal.com{path}?a"),
        ("query-of-host", "The right host in a query.", f"https://evil.example?https://api.paypal.com{path}"),
        ("fragment", "A fragment.", f"https://api.paypal.com{path}#a"),
        ("parent", "A way out of the folder.", "https://api.paypal.com/v1/notifications/certs/../../a"),
        ("escaped", "An escape.", "https://api.paypal.com/v1/notifications/certs/%2e%2e/a"),
        ("double-slash", "An empty segment.", "https://api.paypal.com/v1/notifications/certs//a"),
        ("other-path", "Another path.", "https://api.paypal.com/v1/uploads/CERT-1"),
        ("path-in-path", "The right path inside of another.", f"https://api.paypal.com/a{path}"),
        ("no-path", "No path.", "https://api.paypal.com"),
        ("space", "A space.", f"https://api.paypal.com{path} "),
        ("not-a-url", "No URL.", "CERT-360caa42-fca2a594-ab66f33d"),
        ("file", "A file.", "file:///etc/passwd"),
        ("address", "An address.", f"https://169.254.169.254{path}"),
        ("too-long", "2049 characters.", f"https://api.paypal.com{path}".ljust(2049, "a")),
    )
    return [
        _paypal(f"url-{called}", about, _NEEDED, _paypal_headers(url=url), None,
                needs={"url": url, "key_id": None})
        for called, about, url in trusted
    ] + [
        _paypal(f"url-{called}", about, "untrusted_key_url", _paypal_headers(url=url), None)
        for called, about, url in refused
    ] + [
        _paypal("url-of-key-passed", "A URL that is not PayPal's, and a certificate that fits.",
                "untrusted_key_url", _paypal_headers(url=f"https://evil.example{path}")),
        _paypal("no-url", "No URL.", "missing_header", _paypal_headers(url=None)),
        _paypal("empty-url", "An empty URL.", "malformed_header", _paypal_headers(url="")),
        _paypal("url-not-ascii", "A letter beyond ASCII.", "malformed_header",
                _paypal_headers(url="https://api.p\u0430ypal.com/v1/notifications/certs/a"), None),
    ]  # fmt: skip


def _paypal_certificates() -> List[Case]:
    name = _PAYPAL_NAME

    def case(called: str, about: str, want: str, key: str, **more: Any) -> Case:
        return _paypal(f"certificate-{called}", about, want, key=key, **more)

    def times(called: str, about: str, want: str, not_before: str, not_after: str) -> Case:
        return case(called, about, want,
                    certificate(RSA_INFO, name, not_before=not_before, not_after=not_after))  # fmt: skip

    expired, untrusted = "expired_certificate", "untrusted_certificate"
    start, end = "2015-01-01T00:00:00", "2099-12-31T23:59:59"
    right = _CERTIFICATE
    other = certificate(RSA_OTHER_INFO, "DigiCert SHA2 Extended Validation Server CA")
    truncated = right[: len(right) // 2]
    lines = right.split("\n")
    return [
        times("expired", "It ended a second ago.", expired, start, "2023-11-14T22:13:19"),
        times("last-second", "Its last second.", "accept", start, "2023-11-14T22:13:20"),
        times("not-yet-valid", "It begins in a second.", expired, "2023-11-14T22:13:21", end),
        times("first-second", "Its first second.", "accept", "2023-11-14T22:13:20", end),
        case("other-name", "Another name.", untrusted, certificate(RSA_INFO, "www.paypal.com")),
        case("name-with-suffix", "A name that begins so.", untrusted,
             certificate(RSA_INFO, f"{name}.evil.example")),
        case("name-with-prefix", "A name that ends so.", untrusted,
             certificate(RSA_INFO, f"evil{name}")),
        case("no-name", "No common name.", untrusted, certificate(RSA_INFO, None)),
        case("sandbox-name", "The name of the sandbox.", "accept",
             certificate(RSA_INFO, "messageverificationcerts.sandbox.paypal.com")),
        case("two-labels", "Two labels where one is.", untrusted,
             certificate(RSA_INFO, "messageverificationcerts.a.b.paypal.com")),
        case("wildcard-name", "A name with a star, which is not what is looked for.", untrusted,
             certificate(RSA_INFO, "*.paypal.com")),
        case("upper-case-name", "A name in capitals.", "accept", certificate(RSA_INFO, name.upper())),
        case("alternative-name", "An alternative name.", "accept",
             certificate(RSA_INFO, "PayPal", alternatives=["www.paypal.com", name])),
        case("alternative-names-alone", "Where there are alternative names, the common name is none.",
             untrusted, certificate(RSA_INFO, name, alternatives=["evil.example"])),
        case("no-alternative-names", "An empty list of alternative names.", untrusted,
             certificate(RSA_INFO, name, alternatives=[])),
        case("of-p256", "A key of P-256.", _BAD_KEY, certificate(EC_INFO, name), says=_OTHER_TYPE),
        case("of-ed25519", "A key of Ed25519.", _BAD_KEY, certificate(ED_INFO, name), says=_OTHER_TYPE),
        case("rsa-1024", "A key of 1024 bits.", _BAD_KEY, certificate(RSA_1024_INFO, name),
             says=_UNREADABLE),
        case("other-key", "Another key of the right name.", _MISMATCH,
             certificate(RSA_OTHER_INFO, name)),
        case("chain", "With that of who issued it.", "accept", right + other),
        case("chain-reversed", "In the other order: the first counts.", untrusted, other + right),
        case("text-before", "Text before it.", "accept", "subject=CN = PayPal\n" + right),
        case("crlf", "Lines that end with CRLF.", "accept", right.replace("\n", "\r\n")),
        case("no-line-break", "No line break at its end.", "accept", right.rstrip()),
        case("name-before-time", "Another name, and expired.", untrusted,
             certificate(RSA_INFO, "evil.example", not_after="2020-01-01T00:00:00")),
        case("truncated", "Cut short.", _BAD_KEY, truncated, says=_UNREADABLE),
        case("line-missing", "A line is missing.", _BAD_KEY, "\n".join(lines[:3] + lines[4:]),
             says=_UNREADABLE),
        case("empty", "Nothing.", _BAD_KEY, "", says=_UNREADABLE),
        case("html", "An error page.", _BAD_KEY, "<html>404 Not Found</html>", says=_UNREADABLE),
        case("public-key", "A public key that nothing names.", _BAD_KEY, pem(RSA_INFO),
             says=_UNREADABLE),
        case("jwk", "A JWK.", _BAD_KEY, text_of(rsa_jwk()), says=_UNREADABLE),
        case("other-label", "A certificate under another label.", _BAD_KEY,
             right.replace("CERTIFICATE", "X509 CRL"), says=_UNREADABLE),
    ]  # fmt: skip


# Circle
_CIRCLE = (
    b'{"subscriptionId":"s1","notificationId":"n1","notificationType":"transactions.outbound",'
    b'"notification":{"id":"t1"},"timestamp":"2023-11-14T22:13:10Z","version":2}'
)


def _circle() -> List[Case]:
    signature = ("X-Circle-Signature", b64(by_ecdsa(_CIRCLE)))
    headers: Headers = [signature, ("X-Circle-Key-Id", "k1")]
    answer = {"data": {"id": "k1", "algorithm": "ECDSA_SHA_256", "publicKey": b64(EC_INFO),
                       "createDate": "2023-06-28T21:47:35.107250Z"}}  # fmt: skip

    def case(called: str, about: str, want: str, headers: Headers = headers, *secrets: str,
             body: bytes = _CIRCLE, **more: Any) -> Case:  # fmt: skip
        return verify_case(f"fetched-circle-{called}", about, want, scheme="circle",
                           secrets=secrets, headers=headers, body=body, now=NOW, **more)  # fmt: skip

    of_key = {"needs": {"url": None, "key_id": "k1"}}
    return [
        case("needed", "No key was given, nor fetched.", _NEEDED, **of_key,
             says="the key of the id that the request names"),
        case("needed-no-id", "The request names none.", "missing_header", [signature], key=None),
        case("answer", "What Circle answers.", "accept", key=text_of(answer)),
        case("answer-line-break", "With white space around it.", "accept",
             key=f"\n {text_of(answer)}\r\n"),
        case("base64", "The key of its answer alone.", "accept", key=b64(EC_INFO)),
        case("pem", "PEM.", "accept", key=pem(EC_INFO)),
        case("tampered-body", "Another body.", _MISMATCH, key=b64(EC_INFO),
             body=_CIRCLE.replace(b"t1", b"t2")),
        case("wrong-key", "Another key.", _MISMATCH, key=b64(EC_OTHER_INFO)),
        case("given", "A key that was given: none is fetched.", "accept", headers, b64(EC_INFO)),
        case("given-does-not-fit", "One that was given and does not fit.", _MISMATCH, headers,
             b64(EC_OTHER_INFO), key=b64(EC_INFO)),
        case("given-of-other-id", "The key that was given has another id.", _NEEDED, headers,
             text_of(p256_jwk(kid="k0")), **of_key),
        case("fetched-beside-given", "Then that which was fetched is taken: it is of no secret.",
             "accept", headers, text_of(p256_jwk(EC_OTHER_POINT, kid="k0")), key=b64(EC_INFO),
             gives={"key_index": 1}),
        case("id-twice", "Two ids.", "conflicting_header", [*headers, ("X-Circle-Key-Id", "k2")]),
        case("of-ed25519", "A key of another type.", _BAD_KEY, key=b64(ED_INFO), says=_OTHER_TYPE),
        case("error-answer", "An error in JSON.", _BAD_KEY,
             key='{"code":401,"message":"Invalid credentials."}', says=_UNREADABLE),
        case("answer-without-key", "An answer without a key.", _BAD_KEY, key='{"data":{"id":"k1"}}',
             says=_UNREADABLE),
        case("answer-not-json", "An answer that is cut short.", _BAD_KEY, key=text_of(answer)[:-1],
             says=_UNREADABLE),
        case("answer-key-not-der", "A key that is none.", _BAD_KEY,
             key='{"data":{"publicKey":"AAAA"}}', says=_UNREADABLE),
    ]  # fmt: skip


# fal
_FAL = b'{"request_id":"r1","gateway_request_id":"r1","status":"OK","payload":{"images":[]}}'
_FAL_SET = "https://rest.fal.ai/.well-known/jwks.json"


def _fal_headers(
    signer: Signer = by_ed25519, user: str = "user_1", at: int = NOW, body: bytes = _FAL
) -> Headers:
    content = "\n".join(["r1", user, str(at), hashlib.sha256(body).hexdigest()])
    return [
        ("X-Fal-Webhook-Request-Id", "r1"), ("X-Fal-Webhook-User-Id", user),
        ("X-Fal-Webhook-Timestamp", str(at)),
        ("X-Fal-Webhook-Signature", signer(content.encode()).hex()),
    ]  # fmt: skip


def _fal() -> List[Case]:
    own = ed25519_jwk(kid="a")
    keys = jwks(ed25519_jwk(ED_OTHER, kid="b"), own)
    headers = _fal_headers()

    def case(called: str, about: str, want: str, headers: Headers = headers,
             key: Optional[str] = keys, secrets: Optional[List[str]] = None, body: bytes = _FAL,
             **more: Any) -> Case:  # fmt: skip
        return verify_case(f"fetched-fal-{called}", about, want, scheme="fal",
                           secrets=secrets or ["user_1"], headers=headers, body=body, now=NOW,
                           key=key, **more)  # fmt: skip

    many = [ed25519_jwk(ED_OTHER) for _ in range(32)]
    return [
        case("valid", "What fal sends: either of two published keys may have signed.", "accept",
             event={"id": "r1", "type": "OK", "dedupe_key": "fal:r1", "data": '{"images":[]}'}),
        case("needed", "The keys were not fetched.", _NEEDED, key=None,
             needs={"url": _FAL_SET, "key_id": None}),
        case("first-key", "By the first of them.", "accept", _fal_headers(by_other_ed25519)),
        case("tampered-body", "Another body.", _MISMATCH, body=_FAL.replace(b"OK", b"ok")),
        case("tampered-id", "Another id.", _MISMATCH,
             with_value(headers, "x-fal-webhook-request-id", "r2")),
        case("tampered-timestamp", "Another time.", _MISMATCH,
             with_value(headers, "x-fal-webhook-timestamp", str(NOW - 1))),
        case("other-user", "What fal sends for another user: fal calls any URL for anyone.", _MISMATCH,
             _fal_headers(user="user_2")),
        case("other-user-header", "That header is not what counts.", "accept",
             with_value(headers, "x-fal-webhook-user-id", "user_2")),
        case("second-user", "One of two users.", "accept", _fal_headers(user="user_2"),
             secrets=["user_1", "user_2"], gives={"key_index": 1}),
        case("held", "A key that is given beside the user is not fetched.", "accept", key=None,
             secrets=["user_1", WHPK], gives={"key_index": 0}),
        case("held-other", "And no other counts then.", _MISMATCH, secrets=["user_1", WHPK_OTHER]),
        case("held-other-user", "Nor another user.", _MISMATCH, key=None, secrets=["user_2", WHPK]),
        case("held-alone", "A key alone is nobody's.", _MISMATCH, key=None, secrets=[WHPK]),
        case("stale", "Of 301 seconds ago.", "timestamp_too_old", _fal_headers(at=NOW - 301)),
        case("ahead", "In 301 seconds.", "timestamp_too_new", _fal_headers(at=NOW + 301)),
        case("malformed-signature", "What is no signature.", "malformed_signature",
             with_value(headers, "x-fal-webhook-signature", "?"), None),
        case("no-signature", "Without the signature.", "missing_header",
             without(headers, "x-fal-webhook-signature")),
        case("wrong-key", "A set of another key.", _MISMATCH, key=jwks(ed25519_jwk(ED_OTHER))),
        case("key-alone", "A JWK that is no set.", "accept", key=text_of(own)),
        case("other-types", "Keys of other types are left out.", "accept",
             key=jwks(rsa_jwk(), p256_jwk(), {"kty": "AKP"}, own)),
        case("only-other-types", "Nothing but those.", _BAD_KEY, key=jwks(rsa_jwk(), p256_jwk()),
             says=_OTHER_TYPE),
        case("empty-set", "An empty set.", _BAD_KEY, key=jwks(), says=_OTHER_TYPE),
        case("for-encryption", "A key that is for encryption.", _BAD_KEY,
             key=jwks({**own, "use": "enc"})),
        case("for-signatures", "A key that is for signatures.", "accept",
             key=jwks({**own, "use": "sig", "alg": "EdDSA"})),
        case("padded-base64url", "A key whose base64url is padded is none.", _BAD_KEY,
             key=jwks({**own, "x": f"{own['x']}="})),
        case("standard-base64", "Nor one in standard base64 with its other characters.", _BAD_KEY,
             key=jwks({**own, "x": "+" + own["x"][1:]})),
        case("other-curve", "A key of another curve.", _BAD_KEY, key=jwks({**own, "crv": "X25519"})),
        case("weak-key", "A key of small order, under which anybody can sign.", _BAD_KEY,
             _fal_headers(lambda message: b"\1" + bytes(63)), key=jwks(ed25519_jwk(b"\1" + bytes(31)))),
        case("member-twice", "A JWK that has a member twice.", _BAD_KEY,
             key=text_of(own).replace('"crv"', '"x":"AA","crv"')),
        case("at-32", "The 32nd key.", "accept", key=jwks(*many[:31], own)),
        case("at-33", "The 33rd is not read.", _MISMATCH, key=jwks(*many, own)),
        case("keys-no-array", "Keys that are no array.", _BAD_KEY, key='{"keys":{}}',
             says=_UNREADABLE),
        case("array", "An array of keys is no set.", _BAD_KEY, key=f"[{text_of(own)}]",
             says=_UNREADABLE),
        case("trailing-text", "Text after the set.", _BAD_KEY, key=keys + "x", says=_UNREADABLE),
        case("deep", "JSON that nests deeper than eight levels.", _BAD_KEY,
             key='{"keys":[],"a":' + "[" * 8 + "]" * 8 + "}", says=_UNREADABLE),
        case("depth-8", "Eight levels.", "accept",
             key=keys[:-1] + ',"a":' + "[" * 7 + "]" * 7 + "}"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "public-keys-fetched.json",
        "verify",
        "Keys that the host fetches: which are needed, from where alone, and what of the answers is"
        " taken: certificates, sets of keys, what APIs answer.",
        _paypal_requests() + _paypal_urls() + _paypal_certificates() + _circle() + _fal(),
    )
