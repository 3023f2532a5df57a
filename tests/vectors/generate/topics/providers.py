"""Each provider: what its scheme accepts, and what it refuses."""

from __future__ import annotations

from typing import List, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW, SAMPLES, TEXT_SECRET, Headers, b64, tag
from reference.providers import PROVIDERS, TOKENS
from topics.provider_samples import URL, ProviderSample, provider_samples


def _changed(headers: Headers, name: str, value: Optional[str]) -> Headers:
    """With another value of a header, or without it."""
    kept = [pair for pair in headers if pair[0].lower() != name]
    return kept if value is None else [*kept, (name, value)]


def _value(headers: Headers, name: str) -> str:
    return next(value for known, value in headers if known.lower() == name)


def _other_character(text: str) -> str:
    """The same text with one of its last characters changed, so that it still decodes."""
    # What follows the signature of Coinbase covers headers.
    end = text.find(",h=")
    at = (len(text.rstrip("=")) if end < 0 else end) - 2
    return text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :]


def _cases(sample: ProviderSample) -> List[Case]:
    name = sample.scheme
    is_token = name in TOKENS
    headers = sample.signed(sample.secret, sample.body, NOW)
    value = _value(headers, sample.signature_header)

    def case(called: str, about: str, want: str, headers: Headers, body: bytes = sample.body,
             secret: str = sample.secret, url: Optional[str] = sample.url, **more: object) -> Case:
        return verify_case(
            f"provider-{name}-{called}", about, want, scheme=name, secrets=[secret],
            headers=headers, body=body, now=NOW, method=sample.method, url=url, **more,
        )  # type: ignore[arg-type]  # fmt: skip

    cases = [
        case("valid", f"What {name} sends.", "accept", headers, event=sample.event),
        case("wrong-secret", "Another secret.", "signature_mismatch", headers, secret=sample.other),
        case("tampered-signature", "Another signature.", "signature_mismatch",
             _changed(headers, sample.signature_header, _other_character(value))),
        case("no-signature", "Without the signature.", "missing_header",
             _changed(headers, sample.signature_header, None)),
        case("empty-signature", "An empty signature.", "malformed_header",
             _changed(headers, sample.signature_header, "")),
        case("malformed-signature", "What is no signature.",
             "signature_mismatch" if is_token else
             "malformed_timestamp" if PROVIDERS[name].get("timestamp_label") else
             "malformed_signature",
             _changed(headers, sample.signature_header, "?")),
    ]  # fmt: skip
    if not is_token:
        # In the middle, so that a form has another value, and JSON another length.
        middle = len(sample.body) // 2
        body = sample.body[:middle] + b"0" + sample.body[middle:]
        cases.append(case("tampered-body", "Another body.", "signature_mismatch", headers, body))
    if sample.is_timed:
        for called, age, want in (("stale", 1801, "timestamp_too_old"),):
            at = NOW - age
            body = sample.body_at(at) if sample.body_at else sample.body
            if "rfc3339" == PROVIDERS[name].get("timestamp_format"):
                at = NOW - 780
            stale = sample.signed(sample.secret, body, at)
            cases.append(case(called, "An old request.", want, stale, body))
    if sample.url is not None:
        cases.append(case("other-url", "Another URL.", "signature_mismatch", headers,
                          url="https://example.com/hooks/8?shop=1"))
        cases.append(case("no-url", "No URL is given.", "missing_context", headers, url=None))
    return cases


def _particular() -> List[Case]:
    samples = {sample.scheme: sample for sample in provider_samples()}

    def case(called: str, about: str, want: str, scheme: str, headers: Headers, body: bytes,
             secret: str = TEXT_SECRET, **more: object) -> Case:  # fmt: skip
        return verify_case(
            f"provider-{called}", about, want, scheme=scheme, secrets=[secret], headers=headers,
            body=body, now=NOW, **more,
        )  # type: ignore[arg-type]  # fmt: skip

    polar, twilio = samples["polar"], samples["twilio"]
    legacy = "whsec_ovyN6cPrTv56AApvzCaJno08SSmGJmgbWilb33N2JuK"
    key = TEXT_SECRET.encode()
    content = f"msg_2a9f.{NOW}.".encode() + polar.body
    of_text: Headers = [
        ("webhook-id", "msg_2a9f"), ("webhook-timestamp", str(NOW)),
        ("webhook-signature", "v1," + b64(tag(legacy.encode(), content))),
    ]  # fmt: skip
    with_port = "https://example.com:443/hooks/7?shop=1"
    digest = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"
    json_url = f"{URL}&bodySHA256={digest}"
    json_headers: Headers = [("X-Twilio-Signature", b64(tag(key, json_url.encode(), "sha1")))]
    form_headers = twilio.signed(TEXT_SECRET, twilio.body, NOW)
    hubspot, encoded = samples["hubspot-v3"], "https://example.com/a%2Fb%3Fc%20d"
    time = f"{NOW}000"

    of_text_time = f'{{"type":"t","event_timestamp":"{NOW}"}}'.encode()
    thin = (
        b'{"id":"evt_test_65R","object":"v2.core.event",'
        b'"type":"v1.billing.meter.error_report_triggered","created":"2022-02-15T13:25:27.330Z"}'
    )

    def of_hubspot(url: str) -> Headers:
        signed = b"POST" + url.encode() + hubspot.body + time.encode()
        return [
            ("X-HubSpot-Request-Timestamp", time), ("X-HubSpot-Signature-v3", b64(tag(key, signed))),
        ]  # fmt: skip

    sentry = samples["sentry"]
    return [
        case("polar-secret-as-text", "An older secret of Polar is its text, whatever it looks like.",
             "accept", "polar", of_text, polar.body, legacy),
        case("polar-secret-other", "Neither of the two keys.", "signature_mismatch", "polar",
             of_text, polar.body, legacy[:-1] + "L"),
        case("twilio-port-added", "The port that was not signed.", "accept", "twilio", form_headers,
             twilio.body, url=with_port),
        case("twilio-port-other-scheme", "The port of another scheme is one, too.", "accept",
             "twilio", form_headers, twilio.body, url="https://example.com:8443/hooks/7?shop=1"),
        case("twilio-other-host", "Another host.", "signature_mismatch", "twilio", form_headers,
             twilio.body, url=with_port.replace("example", "examp1e")),
        case("twilio-form-order", "The form in another order, which Twilio does not sign.",
             "accept", "twilio", form_headers,
             b"Digits=1&Digits=2&CallSid=CA123&To=%2B18005551212", url=URL),
        case("twilio-form-value", "Another value.", "signature_mismatch", "twilio", form_headers,
             twilio.body.replace(b"CA123", b"CA124"), url=URL),
        case("twilio-json", "Of JSON the URL has the digest.", "accept", "twilio", json_headers,
             b"12345", url=json_url),
        case("twilio-json-tampered", "Another body than that of the digest.", "signature_mismatch",
             "twilio", json_headers, b"12346", url=json_url),
        case("twilio-json-no-digest", "JSON without a digest in the URL.", "signature_mismatch",
             "twilio", [("X-Twilio-Signature", b64(tag(key, URL.encode(), "sha1")))], b'{"a":1}',
             url=URL),
        case("twilio-shared-key-downgraded", "The weaker signature of the auth token, and a header that"
             " claims it.", "malformed_signature", "twilio-shared-key",
             [*form_headers, ("X-Twilio-Webhooks-Signature-Settings", "algorithm=HMAC_SHA1")],
             twilio.body, url=URL),
        case("twilio-of-shared-key", "A shared key's signature where an auth token's is wanted.",
             "malformed_signature", "twilio",
             samples["twilio-shared-key"].signed(TEXT_SECRET, twilio.body, NOW), twilio.body,
             url=URL),
        case("hubspot-v3-as-called", "The URL as it was called.", "accept", "hubspot-v3",
             of_hubspot(encoded), hubspot.body, method="POST", url=encoded),
        case("hubspot-v3-decoded", "The URL with what HubSpot decodes.", "accept", "hubspot-v3",
             of_hubspot("https://example.com/a/b?c%20d"), hubspot.body, method="POST", url=encoded),
        case("hubspot-v3-decoded-too-far", "The URL with more decoded than that.",
             "signature_mismatch", "hubspot-v3", of_hubspot("https://example.com/a/b?c d"),
             hubspot.body, method="POST", url=encoded),
        case("sentry-app-signature", "The other header of Sentry, over no body.", "accept",
             "sentry", [("Sentry-App-Signature", tag(key, b"").hex())], b"",
             event="payload_not_json"),
        case("sentry-other-bytes", "The same JSON in other bytes.", "signature_mismatch", "sentry",
             sentry.signed(TEXT_SECRET, sentry.body, NOW), sentry.body.replace(b":", b": ")),
        case("cal-com-no-secret", "What Cal.com sends where no secret is set.",
             "malformed_signature", "cal-com", [("X-Cal-Signature-256", "no-secret-provided")],
             samples["cal-com"].body),
        case("coinbase-cdp-v1-alone", "A signature of the version that covers headers.",
             "unsupported_signature", "coinbase-cdp",
             [("X-Hook0-Signature",
               f"t={NOW},h=x-event-id,v1=19a6fb8f6581715b241a93af02a58611c3b0ac7b747a8d2a5b120ee418d0c347")],
             b'{"event":"user.created"}'),
        case("coinbase-cdp-signed-first", "What the body says of id and type, which is signed, comes"
             " before the headers.", "accept", "coinbase-cdp",
             [("x-event-id", "other"), ("x-event-type", "other"),
              *samples["coinbase-cdp"].signed(TEXT_SECRET, samples["coinbase-cdp"].body, NOW)],
             samples["coinbase-cdp"].body,
             event={"id": "e1", "type": "wallet.transaction.created",
                    "dedupe_key": "coinbase-cdp:e1"}),
        case("coinbase-cdp-payment", "Payments spell the name of their id otherwise.", "accept",
             "coinbase-cdp",
             samples["coinbase-cdp"].signed(TEXT_SECRET, b'{"eventID":"p1"}', NOW),
             b'{"eventID":"p1"}', event={"id": "p1", "type": None}),
        case("coinbase-cdp-chain", "Of events of chains headers alone have id and type.", "accept",
             "coinbase-cdp",
             [("x-event-id", "c1"), ("x-event-type", "onchain.activity.detected"),
              *samples["coinbase-cdp"].signed(TEXT_SECRET, b"{}", NOW)],
             b"{}", event={"id": "c1", "type": "onchain.activity.detected",
                           "dedupe_key": "coinbase-cdp:c1"}),
        case("elevenlabs-text-time", "The time as text.", "accept", "elevenlabs",
             samples["elevenlabs"].signed(TEXT_SECRET, of_text_time, NOW), of_text_time,
             event={"timestamp": NOW}),
        case("stripe-thin", "A thin event, whose time is RFC 3339.", "accept", "stripe",
             SAMPLES["stripe"].signed(thin, secret=TEXT_SECRET), thin,
             event={"id": "evt_test_65R", "type": "v1.billing.meter.error_report_triggered",
                    "timestamp": 1644931527.33, "dedupe_key": "stripe:evt_test_65R"}),
        case("shopify-events", "An event of Shopify's Events, whose headers have no x-.", "accept",
             "shopify",
             [("shopify-topic", "Product"), ("shopify-webhook-id", "w1"),
              ("shopify-triggered-at", "2023-11-14T22:13:20.5Z"),
              ("shopify-hmac-sha256", b64(tag(key, b'{"n":1}')))], b'{"n":1}',
             event={"id": "w1", "type": "Product", "timestamp": NOW + 0.5,
                    "dedupe_key": "shopify:w1"}),
        case("shopify-events-tampered", "Another body.", "signature_mismatch", "shopify",
             [("shopify-hmac-sha256", b64(tag(key, b'{"n":1}')))], b'{"n":2}'),
        *[
            case(f"zendesk-trigger-{called}", about, "accept", "zendesk",
                 samples["zendesk"].signed(TEXT_SECRET, body, NOW), body, event=event)
            for called, about, body, event in (
                ("date", "A time that a customer wrote is none of the provider's.",
                 b'{"type":"question","time":"November 5, 2026"}',
                 {"type": "question", "timestamp": None}),
                ("empty", "An empty type neither.", b'{"type":"","time":null}',
                 {"type": None, "timestamp": None}),
                ("number", "Nor is one that is no string.", b'{"type":3}', {"type": None}),
                ("twice", "Nor one that is there twice.", b'{"type":"a","type":"b"}',
                 {"type": None}),
                ("form", "In a form, too.", b"type=&time=today", {"type": None, "timestamp": None}),
            )
        ],
        case("sanity-trailing-bits", "The last character has bits that are no part of the tag.",
             "malformed_signature", "sanity",
             [("sanity-webhook-signature",
               "t=1633519811129,v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N1")],
             b'{"_id":"resume"}', "test"),
        case("linear-header-time", "Linear's header is no time.", "malformed_timestamp", "linear",
             [("Linear-Signature", tag(key, b'{"type":"Issue"}').hex()),
              ("linear-timestamp", f"{NOW}000")],
             b'{"type":"Issue"}'),
        case("openai-text-secret", "A secret of OpenAI without the prefix is its text.", "accept",
             "openai",
             [("webhook-id", "w1"), ("webhook-timestamp", str(NOW)),
              ("webhook-signature", "v1," + b64(tag(key, f"w1.{NOW}.{{}}".encode())))],
             b"{}"),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [case for sample in provider_samples() for case in _cases(sample)]
    return Topic(
        "providers.json",
        "verify",
        "Each provider: a request as it sends it, and what is refused: another body, signature,"
        " secret, URL, an old request.",
        cases + _particular(),
    )
