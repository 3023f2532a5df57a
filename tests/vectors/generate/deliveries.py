"""Deliveries, and receivers that take them, for the end-to-end cases."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

from casebook import Case, Json
from exchangebook import Exchange, Handled, receive_case
from fixtures import MSG, NOW, SAMPLES, STANDARD_SECRET, Headers, standard
from reference.receiver import Sent

PAID = SAMPLES["standard"].body
"""An event of the type invoice.paid in the scheme standard."""
JSON_TYPE = [("Content-Type", "application/json")]
FORM_TYPE = [("Content-Type", "application/x-www-form-urlencoded")]


def case(
    called: str,
    about: str,
    exchanges: Sequence[Exchange],
    handled: Sequence[Handled] = (),
    **receiver: Any,
) -> Case:
    """A receiver in the scheme standard whose handler of invoice.paid succeeds, if not said
    otherwise."""
    settings: Json = {
        "scheme": "standard",
        "secrets": [STANDARD_SECRET],
        "now": NOW,
        "handlers": {"invoice.paid": "succeed"},
        **receiver,
    }
    return receive_case(f"receive-{called}", about, settings, exchanges, handled)


def of_scheme(scheme: str) -> Dict[str, Any]:
    """The settings of a receiver in another scheme."""
    return {"scheme": scheme, "secrets": [SAMPLES[scheme].secret]}


def paid(msg: str = MSG, event_type: str = "invoice.paid") -> Handled:
    """What is noted of a handled event whose type has a handler of its own."""
    return (event_type, msg, event_type)


def request(
    want: str,
    headers: Headers,
    body: Optional[bytes] = None,
    *,
    says: Optional[str] = None,
    parallel: bool = False,
    **sent: Any,
) -> Exchange:
    """Exactly these headers and this body."""
    return Exchange(want, Sent(headers, body, **sent), parallel, says)


def delivery(
    want: str,
    body: bytes = PAID,
    *,
    msg: str = MSG,
    at: int = NOW,
    secret: str = STANDARD_SECRET,
    more: Sequence[Any] = (),
    content_type: Optional[str] = "application/json",
    **rest: Any,
) -> Exchange:
    """A delivery in the scheme standard, soundly signed, with more headers."""
    headers = [] if content_type is None else [("Content-Type", content_type)]
    signed = standard(body, msg=msg, at=at, secret=secret)
    return request(want, [*headers, *signed, *more], body, **rest)


def forged(want: str = "signature_mismatch", body: bytes = PAID, **rest: Any) -> Exchange:
    """The same, signed with another secret."""
    return delivery(want, body, secret=SAMPLES["standard"].other_secret, **rest)


def sample(want: str, scheme: str, **rest: Any) -> Exchange:
    """The sample of a scheme."""
    one = SAMPLES[scheme]
    return request(want, [*JSON_TYPE, *one.headers()], one.body, **rest)


def event(event_type: str) -> bytes:
    """The body of an event in the scheme standard."""
    return b'{"type":"%s","data":{"amount":1999}}' % event_type.encode("utf-8")
