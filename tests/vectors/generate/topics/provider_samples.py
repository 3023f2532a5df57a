"""A request of each provider, signed by hand: no part of the reference is used here."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional

from fixtures import (
    MSG,
    NOW,
    STANDARD_OTHER,
    STANDARD_SECRET,
    TEXT_OTHER,
    TEXT_SECRET,
    Headers,
    b64,
    standard,
    tag,
)

#: A secret, a body and a time in Unix seconds give the headers that prove them.
Signed = Callable[[str, bytes, int], Headers]
URL = "https://example.com/hooks/7?shop=1"
_HEX_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
_HEX_OTHER = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"


class ProviderSample(NamedTuple):
    scheme: str
    body: bytes
    signed: Signed
    #: Parts of the event, as they must be.
    event: Mapping[str, Any]
    signature_header: str
    #: Whether the time is among what is signed.
    is_timed: bool = False
    secret: str = TEXT_SECRET
    other: str = TEXT_OTHER
    method: Optional[str] = None
    url: Optional[str] = None
    #: The body at another time, where the time is in it.
    body_at: Optional[Callable[[int], bytes]] = None


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _key(secret: str) -> bytes:
    return secret.encode()


def _hex(name: str, prefix: str = "", algorithm: str = "sha256", *more: Any) -> Signed:
    extra: Headers = list(more)
    return lambda secret, body, at: [
        *extra, (name, prefix + tag(_key(secret), body, algorithm).hex()),
    ]  # fmt: skip


def _base64(name: str, prefix: str = "", algorithm: str = "sha256", *more: Any) -> Signed:
    extra: Headers = list(more)
    return lambda secret, body, at: [
        *extra, (name, prefix + b64(tag(_key(secret), body, algorithm))),
    ]  # fmt: skip


def _labelled(name: str, template: str, between: str = ".", unit: int = 1) -> Signed:
    """`template` has {t} and {v}."""

    def signed(secret: str, body: bytes, at: int) -> Headers:
        time = str(at * unit)
        proof = tag(_key(secret), f"{time}{between}".encode() + body).hex()
        return [(name, template.format(t=time, v=proof))]

    return signed


def _timed(name: str, time_name: str, write: Callable[[int], str], content: str,
           encode: Callable[[bytes], str], *more: Any) -> Signed:  # fmt: skip
    """`content` is what stands before the body, with {t}."""
    extra: Headers = list(more)

    def signed(secret: str, body: bytes, at: int) -> Headers:
        time = write(at)
        proof = tag(_key(secret), content.format(t=time).encode() + body)
        return [*extra, (time_name, time), (name, encode(proof))]

    return signed


def _seconds(at: int) -> str:
    return str(at)


def _milliseconds(at: int) -> str:
    return f"{at}000"


def _dated(at: int) -> str:
    """Of the hour of `NOW`."""
    return f"2023-11-14T22:{13 + (at - NOW) // 60:02}:{20 + (at - NOW) % 60:02}Z"


def _of_standard(name: str, family: str, value: Dict[str, Any], event: Dict[str, Any],
                 *more: Any) -> ProviderSample:  # fmt: skip
    def signed(secret: str, body: bytes, at: int) -> Headers:
        return [*more, *standard(body, secret=secret, at=at, family=family)]

    return ProviderSample(
        name, _json(value), signed, {"dedupe_key": f"{name}:{MSG}", **event},
        f"{family}-signature", True, STANDARD_SECRET, STANDARD_OTHER,
    )  # fmt: skip


_AGO, _AGO_SECONDS = "2023-11-14T22:13:10Z", NOW - 10


def _standard_family() -> List[ProviderSample]:
    at = {"timestamp": _AGO_SECONDS}
    data = {"data": '{"n":1}'}
    return [
        _of_standard("openai", "webhook",
                     {"id": "evt_1", "type": "response.completed", "created_at": _AGO_SECONDS,
                      "data": {"n": 1}},
                     {"id": "evt_1", "type": "response.completed", **at, **data}),
        _of_standard("clerk", "svix",
                     {"data": {"n": 1}, "object": "event", "timestamp": _AGO_SECONDS * 1000,
                      "type": "user.created"},
                     {"id": MSG, "type": "user.created", **at, **data}),
        _of_standard("resend", "svix",
                     {"type": "email.delivered", "created_at": _AGO, "data": {"n": 1}},
                     {"id": MSG, "type": "email.delivered", **at, **data}),
        _of_standard("dodo-payments", "webhook",
                     {"business_id": "b1", "type": "payment.succeeded", "timestamp": _AGO,
                      "data": {"n": 1}},
                     {"id": MSG, "type": "payment.succeeded", **at, **data}),
        _of_standard("replicate", "webhook", {"id": "p1", "status": "succeeded"},
                     {"id": MSG, "type": "succeeded"}),
        _of_standard("fathom", "webhook", {"title": "Weekly"}, {"id": MSG, "type": None}),
        _of_standard("polar", "webhook",
                     {"type": "order.paid", "timestamp": _AGO, "data": {"n": 1}},
                     {"id": MSG, "type": "order.paid", **at, **data}),
        _of_standard("gitlab", "webhook", {"object_kind": "push"},
                     {"id": MSG, "type": "Push Hook"}, ("X-Gitlab-Event", "Push Hook")),
        _of_standard("folk", "webhook",
                     {"id": "evt_1", "type": "person.created", "createdAt": _AGO, "data": {"n": 1}},
                     {"id": "evt_1", "type": "person.created", **at, **data}),
    ]  # fmt: skip


def _raw(scheme: str, value: Any, signed: Signed, event: Dict[str, Any], header: str,
         **more: Any) -> ProviderSample:  # fmt: skip
    return ProviderSample(scheme, _json(value), signed, event, header, **more)


def _raw_body() -> List[ProviderSample]:
    at = {"timestamp": _AGO_SECONDS}
    nothing = {"id": None, "type": None, "dedupe_key": None}

    def adyen(secret: str, body: bytes, at: int) -> Headers:
        return [("HmacSignature", b64(tag(bytes.fromhex(secret), body)))]

    def linear_body(at: int) -> bytes:
        return _json({
            "action": "create", "type": "Comment", "createdAt": _AGO, "data": {"n": 1},
            "webhookTimestamp": at * 1000,
        })  # fmt: skip

    return [
        _raw("bitbucket", {"n": 1},
             _hex("X-Hub-Signature", "sha256=", "sha256", ("X-Event-Key", "repo:push"),
                  ("X-Request-UUID", "u1")),
             {"id": "u1", "type": "repo:push", "dedupe_key": "bitbucket:u1"}, "x-hub-signature"),
        _raw("jira", {"timestamp": _AGO_SECONDS * 1000, "webhookEvent": "jira:issue_created"},
             _hex("X-Hub-Signature", "sha256=", "sha256",
                  ("X-Atlassian-Webhook-Identifier", "w1")),
             {"id": "w1", "type": "jira:issue_created", "dedupe_key": "jira:w1", **at},
             "x-hub-signature"),
        _raw("intercom",
             {"type": "notification_event", "topic": "ping", "id": "n1",
              "created_at": _AGO_SECONDS, "data": {"n": 1}},
             _hex("X-Hub-Signature", "sha1=", "sha1"),
             {"id": "n1", "type": "ping", "dedupe_key": "intercom:n1", "data": '{"n":1}', **at},
             "x-hub-signature"),
        _raw("notion", {"id": "e1", "type": "page.created", "timestamp": _AGO},
             _hex("X-Notion-Signature", "sha256="),
             {"id": "e1", "type": "page.created", "dedupe_key": "notion:e1", **at},
             "x-notion-signature"),
        _raw("woocommerce", [],
             _base64("X-WC-Webhook-Signature", "", "sha256", ("X-WC-Webhook-Topic", "order.updated")),
             {"id": None, "type": "order.updated", "dedupe_key": None, "data": "[]"},
             "x-wc-webhook-signature"),
        _raw("line", {"destination": "U1", "events": []}, _base64("X-Line-Signature"), nothing,
             "x-line-signature"),
        _raw("xero", {"events": [], "entropy": "S0m3"}, _base64("x-xero-signature"), nothing,
             "x-xero-signature"),
        _raw("typeform",
             {"event_id": "e1", "event_type": "form_response",
              "form_response": {"submitted_at": _AGO}},
             _base64("Typeform-Signature", "sha256="),
             {"id": "e1", "type": "form_response", "dedupe_key": "typeform:e1", **at},
             "typeform-signature"),
        _raw("docusign",
             {"event": "envelope-sent", "generatedDateTime": _AGO, "data": {"n": 1}},
             _base64("X-DocuSign-Signature-1"),
             {"type": "envelope-sent", "dedupe_key": None, "data": '{"n":1}', **at},
             "x-docusign-signature-1"),
        _raw("sentry", {"action": "created", "data": {"n": 1}},
             _hex("Sentry-Hook-Signature", "", "sha256", ("Request-ID", "r1"),
                  ("Sentry-Hook-Resource", "issue"), ("Sentry-Hook-Timestamp", str(_AGO_SECONDS))),
             {"id": "r1", "type": "issue", "dedupe_key": "sentry:r1", "data": '{"n":1}', **at},
             "sentry-hook-signature"),
        ProviderSample(
            "linear", linear_body(NOW),
            _hex("Linear-Signature", "", "sha256", ("Linear-Delivery", "d1")),
            {"id": "d1", "type": "Comment", "dedupe_key": "linear:d1", "data": '{"n":1}', **at},
            "linear-signature", True, body_at=linear_body,
        ),
        _raw("razorpay",
             {"event": "payment.captured", "payload": {"n": 1}, "created_at": _AGO_SECONDS},
             _hex("X-Razorpay-Signature", "", "sha256", ("x-razorpay-event-id", "e1")),
             {"id": "e1", "type": "payment.captured", "dedupe_key": "razorpay:e1",
              "data": '{"n":1}', **at},
             "x-razorpay-signature"),
        _raw("paystack", {"event": "charge.success", "data": {"n": 1}},
             _hex("x-paystack-signature", "", "sha512"),
             {"id": None, "type": "charge.success", "data": '{"n":1}'}, "x-paystack-signature"),
        _raw("coinbase-commerce",
             {"id": "a1", "event": {"id": "e1", "type": "charge:created", "created_at": _AGO,
                                    "data": {"n": 1}}},
             _hex("X-CC-Webhook-Signature"),
             {"id": "e1", "type": "charge:created", "dedupe_key": "coinbase-commerce:e1",
              "data": '{"n":1}', **at},
             "x-cc-webhook-signature"),
        _raw("dropbox", {"list_folder": {"accounts": ["dbid:1"]}}, _hex("X-Dropbox-Signature"),
             nothing, "x-dropbox-signature"),
        _raw("pagerduty",
             {"event": {"id": "e1", "event_type": "incident.triggered", "occurred_at": _AGO,
                        "data": {"n": 1}}},
             _hex("X-PagerDuty-Signature", "v1="),
             {"id": "e1", "type": "incident.triggered", "dedupe_key": "pagerduty:e1",
              "data": '{"n":1}', **at},
             "x-pagerduty-signature"),
        _raw("circleci", {"id": "e1", "type": "workflow-completed", "happened_at": _AGO},
             _hex("circleci-signature", "v1="),
             {"id": "e1", "type": "workflow-completed", "dedupe_key": "circleci:e1", **at},
             "circleci-signature"),
        _raw("vercel",
             {"id": "e1", "type": "deployment.created", "createdAt": _AGO_SECONDS * 1000,
              "payload": {"n": 1}},
             _hex("x-vercel-signature", "", "sha1"),
             {"id": "e1", "type": "deployment.created", "dedupe_key": "vercel:e1",
              "data": '{"n":1}', **at},
             "x-vercel-signature"),
        _raw("asana", {"events": []}, _hex("X-Hook-Signature"), nothing, "x-hook-signature"),
        _raw("launchdarkly", {"_id": "e1", "date": _AGO_SECONDS * 1000, "kind": "flag"},
             _hex("X-LD-Signature"),
             {"id": "e1", "type": "flag", "dedupe_key": "launchdarkly:e1", **at}, "x-ld-signature"),
        _raw("lemon-squeezy",
             {"meta": {"event_name": "order_created"}, "data": {"attributes": {"updated_at": _AGO}}},
             _hex("X-Signature"), {"id": None, "type": "order_created", **at}, "x-signature"),
        _raw("cal-com",
             {"triggerEvent": "BOOKING_CREATED", "createdAt": _AGO, "payload": {"n": 1}},
             _hex("X-Cal-Signature-256"),
             {"id": None, "type": "BOOKING_CREATED", "data": '{"n":1}', **at},
             "x-cal-signature-256"),
        _raw("attio", {"webhook_id": "w1", "events": []},
             _hex("Attio-Signature", "", "sha256", ("Idempotency-Key", "k1")),
             {"id": "k1", "type": None, "dedupe_key": "attio:k1"}, "attio-signature"),
        _raw("checkr",
             {"id": "e1", "type": "report.completed", "created_at": _AGO, "data": {"n": 1}},
             _hex("X-Checkr-Signature"),
             {"id": "e1", "type": "report.completed", "dedupe_key": "checkr:e1",
              "data": '{"n":1}', **at},
             "x-checkr-signature"),
        _raw("mailersend", {"type": "activity.sent", "created_at": _AGO, "data": {"id": "e1"}},
             _hex("Signature"),
             {"id": "e1", "type": "activity.sent", "dedupe_key": "mailersend:e1", **at},
             "signature"),
        _raw("doppler", {"type": "config.secrets.update"}, _hex("X-Doppler-Signature", "sha256="),
             {"id": None, "type": "config.secrets.update"}, "x-doppler-signature"),
        _raw("cursor", {"event": "statusChange", "timestamp": _AGO, "id": "bc_1"},
             _hex("X-Webhook-Signature", "sha256=", "sha256", ("X-Webhook-ID", "d1")),
             {"id": "d1", "type": "statusChange", "dedupe_key": "cursor:d1", **at},
             "x-webhook-signature"),
        _raw("adyen-header", {"data": {"n": 1}, "type": "balancePlatform.transfer.created"}, adyen,
             {"type": "balancePlatform.transfer.created", "data": '{"n":1}'}, "hmacsignature",
             secret=_HEX_KEY, other=_HEX_OTHER),
        _raw("grafana", {"status": "firing", "alerts": []}, _hex("X-Grafana-Alerting-Signature"),
             {"id": None, "type": "firing"}, "x-grafana-alerting-signature"),
    ]  # fmt: skip


def _timestamped() -> List[ProviderSample]:
    at = {"timestamp": _AGO_SECONDS}

    def sanity(secret: str, body: bytes, at: int) -> Headers:
        content = f"{at}000.".encode() + body
        proof = base64.urlsafe_b64encode(tag(_key(secret), content)).decode().rstrip("=")
        return [
            ("Idempotency-Key", "k1"), ("Sanity-Operation", "create"),
            ("Sanity-Transaction-Time", _AGO), ("Sanity-Webhook-Signature", f"t={at}000,v1={proof}"),
        ]  # fmt: skip

    def twitch(secret: str, body: bytes, at: int) -> Headers:
        time = _dated(at)
        proof = tag(_key(secret), MSG.encode() + time.encode() + body).hex()
        return [
            ("Twitch-Eventsub-Message-Id", MSG), ("Twitch-Eventsub-Message-Timestamp", time),
            ("Twitch-Eventsub-Subscription-Type", "channel.follow"),
            ("Twitch-Eventsub-Message-Signature", f"sha256={proof}"),
        ]  # fmt: skip

    def hubspot(secret: str, body: bytes, at: int) -> Headers:
        time = f"{at}000"
        content = b"POST" + URL.encode() + body + time.encode()
        return [
            ("X-HubSpot-Request-Timestamp", time),
            ("X-HubSpot-Signature-v3", b64(tag(_key(secret), content))),
        ]  # fmt: skip

    def hubspot_plain(before: bytes) -> Signed:
        return lambda secret, body, at: [
            ("X-HubSpot-Signature", hashlib.sha256(_key(secret) + before + body).hexdigest()),
        ]  # fmt: skip

    def labelled(scheme: str, value: Dict[str, Any], event: Dict[str, Any], header: str,
                 template: str, **more: Any) -> ProviderSample:  # fmt: skip
        return ProviderSample(scheme, _json(value), _labelled(header, template, **more), event,
                              header.lower(), True)

    def timed(scheme: str, value: Any, event: Dict[str, Any], signed: Signed,
              header: str) -> ProviderSample:  # fmt: skip
        return ProviderSample(scheme, _json(value), signed, event, header, True)

    batch = {"id": None, "type": None, "dedupe_key": None, "data": '[{"eventId":1}]'}
    return [
        labelled("mux", {"id": "e1", "type": "video.asset.ready", "created_at": _AGO, "data": {"n": 1}},
                 {"id": "e1", "type": "video.asset.ready", "dedupe_key": "mux:e1", **at},
                 "Mux-Signature", "t={t},v1={v}"),
        labelled("calendly", {"event": "invitee.created", "created_at": _AGO, "payload": {"n": 1}},
                 {"id": None, "type": "invitee.created", "data": '{"n":1}', **at},
                 "Calendly-Webhook-Signature", "t={t},v1={v}"),
        labelled("workos", {"id": "e1", "event": "dsync.user.updated", "data": {"n": 1},
                            "created_at": "2023-04-28 20:05:31.093"},
                 {"id": "e1", "type": "dsync.user.updated", "dedupe_key": "workos:e1",
                  "timestamp": None},
                 "WorkOS-Signature", "t={t}, v1={v}", unit=1000),
        timed("sanity", {"_id": "resume"},
              {"id": "k1", "type": "create", "dedupe_key": "sanity:k1", **at}, sanity,
              "sanity-webhook-signature"),
        labelled("elevenlabs", {"type": "post_call_transcription", "event_timestamp": _AGO_SECONDS,
                                "data": {"n": 1}},
                 {"type": "post_call_transcription", "data": '{"n":1}', **at},
                 "ElevenLabs-Signature", "t={t},v0={v}"),
        labelled("paddle", {"event_id": "e1", "event_type": "customer.created", "occurred_at": _AGO,
                            "notification_id": "n1", "data": {"n": 1}},
                 {"id": "e1", "type": "customer.created", "dedupe_key": "paddle:n1", **at},
                 "Paddle-Signature", "ts={t};h1={v}", between=":"),
        labelled("coinbase-cdp", {"eventId": "e1", "eventType": "wallet.transaction.created",
                                  "timestamp": _AGO},
                 {"id": "e1", "type": "wallet.transaction.created",
                  "dedupe_key": "coinbase-cdp:e1", **at},
                 "X-Hook0-Signature", "t={t},v0={v},h=x-event-id content-type,v1=" + "0" * 64),
        timed("webflow", {"triggerType": "form_submission", "payload": {"n": 1}},
              {"id": None, "type": "form_submission", "data": '{"n":1}'},
              _timed("x-webflow-signature", "x-webflow-timestamp", _milliseconds, "{t}:", bytes.hex),
              "x-webflow-signature"),
        timed("zoom", {"event": "meeting.started", "payload": {"n": 1},
                       "event_ts": _AGO_SECONDS * 1000},
              {"id": None, "type": "meeting.started", "data": '{"n":1}', **at},
              _timed("x-zm-signature", "x-zm-request-timestamp", _seconds, "v0:{t}:",
                     lambda proof: f"v0={proof.hex()}"),
              "x-zm-signature"),
        timed("zendesk", {"type": "zen:event-type:user.created", "id": "e1", "time": _AGO},
              {"id": "i1", "type": "zen:event-type:user.created", "dedupe_key": "zendesk:i1", **at},
              _timed("X-Zendesk-Webhook-Signature", "X-Zendesk-Webhook-Signature-Timestamp",
                     _dated, "{t}", b64, ("X-Zendesk-Webhook-Invocation-Id", "i1")),
              "x-zendesk-webhook-signature"),
        timed("twitch", {"subscription": {}, "event": {"n": 1}},
              {"id": MSG, "type": "channel.follow", "dedupe_key": f"twitch:{MSG}",
               "timestamp": NOW, "data": '{"n":1}'},
              twitch, "twitch-eventsub-message-signature"),
        ProviderSample("hubspot-v3", _json([{"eventId": 1}]), hubspot, batch,
                       "x-hubspot-signature-v3", True, method="POST", url=URL),
        ProviderSample("hubspot-v1", _json([{"eventId": 1}]), hubspot_plain(b""), batch,
                       "x-hubspot-signature"),
        ProviderSample("hubspot-v2", _json([{"eventId": 1}]),
                       hubspot_plain(b"POST" + URL.encode()), batch, "x-hubspot-signature",
                       method="POST", url=URL),
        timed("statsig", [{"eventName": "a"}],
              {"id": None, "type": None, "data": '[{"eventName":"a"}]'},
              _timed("X-Statsig-Signature", "X-Statsig-Request-Timestamp", _milliseconds,
                     "v0:{t}:", lambda proof: f"v0={proof.hex()}"),
              "x-statsig-signature"),
        timed("cashfree", {"type": "PAYMENT_SUCCESS_WEBHOOK", "event_time": _AGO, "data": {"n": 1}},
              {"id": "k1", "type": "PAYMENT_SUCCESS_WEBHOOK", "dedupe_key": "cashfree:k1",
               "data": '{"n":1}', **at},
              _timed("x-webhook-signature", "x-webhook-timestamp", _milliseconds, "{t}", b64,
                     ("x-idempotency-key", "k1")),
              "x-webhook-signature"),
    ]  # fmt: skip


def _of_urls() -> List[ProviderSample]:
    at = {"timestamp": _AGO_SECONDS}

    def called(header: str, content: Callable[[bytes], bytes], algorithm: str,
               *more: Any) -> Signed:  # fmt: skip
        return lambda secret, body, at: [
            *more, (header, b64(tag(_key(secret), content(body), algorithm))),
        ]  # fmt: skip

    url = URL.encode()
    form = b"To=%2B18005551212&Digits=2&CallSid=CA123&Digits=1&Digits=2"
    sorted_form = b"CallSidCA123Digits1Digits2To+18005551212"
    events = b"mandrill_events=%5B%7B%22event%22%3A%22open%22%7D%5D"
    return [
        ProviderSample(
            "twilio", form,
            called("X-Twilio-Signature", lambda body: url + (sorted_form if body == form else body),
                   "sha1", ("I-Twilio-Idempotency-Token", "i1")),
            {"id": "i1", "type": None, "dedupe_key": "twilio:i1", "data": form.decode()},
            "x-twilio-signature", url=URL,
        ),
        ProviderSample(
            "twilio-shared-key", form,
            called("X-Twilio-Signature", lambda body: url + (sorted_form if body == form else body),
                   "sha256", ("I-Twilio-Idempotency-Token", "i1"),
                   ("X-Twilio-Webhooks-Signature-Settings", "key=SK1,algorithm=HMAC_SHA256")),
            {"id": "i1", "type": None, "dedupe_key": "twilio-shared-key:i1", "data": form.decode()},
            "x-twilio-signature", url=URL,
        ),
        ProviderSample(
            "square",
            _json({"type": "payment.updated", "event_id": "e1", "created_at": _AGO, "data": {"n": 1}}),
            called("x-square-hmacsha256-signature", lambda body: url + body, "sha256"),
            {"id": "e1", "type": "payment.updated", "dedupe_key": "square:e1", "data": '{"n":1}',
             **at},
            "x-square-hmacsha256-signature", url=URL,
        ),
        ProviderSample(
            "trello",
            _json({"action": {"id": "a1", "type": "updateCard", "date": _AGO}, "model": {}}),
            called("X-Trello-Webhook", lambda body: body + url, "sha1"),
            {"id": "a1", "type": "updateCard", "dedupe_key": "trello:a1", **at},
            "x-trello-webhook", url=URL,
        ),
        ProviderSample(
            "mandrill", events,
            called("X-Mandrill-Signature",
                   lambda body: url + b'mandrill_events[{"event":"open"}]', "sha1"),
            {"id": None, "type": None, "dedupe_key": None}, "x-mandrill-signature", url=URL,
        ),
    ]  # fmt: skip


def _tokens() -> List[ProviderSample]:
    at = {"timestamp": _AGO_SECONDS}

    def sent(name: str, *more: Any) -> Signed:
        return lambda secret, body, at: [*more, (name, secret)]

    return [
        ProviderSample(
            "gitlab-token", _json({"object_kind": "push"}),
            sent("X-Gitlab-Token", ("Idempotency-Key", "k1"), ("X-Gitlab-Event", "Push Hook")),
            {"id": "k1", "type": "Push Hook", "dedupe_key": "gitlab-token:k1"}, "x-gitlab-token",
        ),
        ProviderSample(
            "telegram", _json({"update_id": 7, "message": {}}),
            sent("X-Telegram-Bot-Api-Secret-Token"),
            {"id": "7", "type": None, "dedupe_key": "telegram:7"},
            "x-telegram-bot-api-secret-token",
        ),
        ProviderSample(
            "okta",
            _json({"eventId": "e1", "eventType": "com.okta.event_hook", "eventTime": _AGO,
                   "data": {"n": 1}}),
            sent("Authorization"),
            {"id": "e1", "type": "com.okta.event_hook", "dedupe_key": "okta:e1",
             "data": '{"n":1}', **at},
            "authorization",
        ),
    ]  # fmt: skip


def provider_samples() -> List[ProviderSample]:
    return _standard_family() + _raw_body() + _timestamped() + _of_urls() + _tokens()
