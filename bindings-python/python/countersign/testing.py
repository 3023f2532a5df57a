"""Signed requests as the providers send them, to test your own handlers with.

Each registered scheme has a sample: the headers that its provider sends beside the signature, and a
payload of the shape that it has, with invented values.

>>> from countersign import Webhook
>>> from countersign.testing import signed_request
>>> request = signed_request("shopify", "hush")
>>> request.headers["x-shopify-topic"], request.headers["user-agent"]
('orders/create', 'Shopify-Captain-Hook')
>>> Webhook("shopify", "hush").unwrap(request.body, request.headers).data["total_price"]
'42.00'

The test client of Flask takes one as
``client.post(request.url, data=request.body, headers=request.headers)``, that of FastAPI and
Starlette as ``client.post(request.url, content=request.body, headers=request.headers)``, and
Django's as ``client.generic("POST", "/webhooks", request.body, headers=request.headers)``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countersign._check import methods
from countersign._countersign import Scheme, Secret, Webhook, sign_sample

__all__ = ["SignedRequest", "signed_request"]


@dataclass(frozen=True)
class SignedRequest:
    """A request as a provider makes it."""

    #: The body; send it to the byte.
    body: bytes
    #: The headers of the provider, your own and those of the scheme, in lower case.
    headers: dict[str, str] = field(repr=False)
    method: str
    #: The URL that is called, and that was signed if the scheme signs one.
    url: str


def signed_request(
    scheme: str | Scheme,
    secret: str | Secret | Sequence[str | Secret],
    payload: bytes | str | dict[str, Any] | list[Any] | None = None,
    *,
    id: str | None = None,
    type: str | None = None,
    now: float | None = None,
    url: str | None = None,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> SignedRequest:
    """A request that ``Webhook(scheme, secret)`` verifies at ``now``, as the provider would send it.

    The body is the provider's sample, with ``id`` and ``type`` in their places, and with the times
    of ``now``. Where the provider has several samples, ``type`` also chooses among them: ``ping``
    and ``pull_request`` of GitHub, ``checkout.session.completed`` of Stripe, ``/weather`` and
    ``block_actions`` of Slack, ``page`` of Meta, ``call`` of Twilio. The id of a sample is always
    the same, so pass another for another event.

    ``payload`` is sent instead, as it is if it is ``bytes`` or ``str``, and as compact JSON if it is
    a ``dict`` or ``list``; ``id`` and ``type`` then stand in headers alone, where the provider has
    them there.

    A ``Scheme`` that you have described, under a name that is not registered, has a small object, or
    a form, with the id, type and time where the first of their sources is, and else as ``id``,
    ``type`` and ``timestamp``; with its ``data``, with headers for sources that are some, and with
    one item where items are signed. Of fields that are one source together each has the whole id or
    type; of two paths of which one leads through the other the first is made; a time that is signed
    in a body which holds the signature, too, is text, and no event time in seconds or milliseconds.

    ``secret`` may be several, as fal's user and a pair of keys. The first that can signs.

    ``now`` is in Unix seconds, the host's clock if ``None``. ``url`` is
    ``https://example.com/webhooks`` if ``None``; where the scheme has the digest of JSON in the URL,
    as Twilio does, it is added. ``headers`` are sent besides the signed ones, and replace the sample's. A scheme that has its signature in the body gets it written there.

    Raises ``ConfigurationError`` as ``Webhook`` does, ``VerificationError`` as ``Webhook.sign``
    does, ``TypeError`` for arguments of another type or a payload that JSON cannot hold.

    >>> request = signed_request("slack", "hush", type="/deploy")
    >>> request.headers["content-type"]
    'application/x-www-form-urlencoded'
    """
    body = None if payload is None else _body(payload)
    if headers is not None:
        # Headers of Werkzeug have this, too, and are no Mapping.
        methods("headers", headers, "items")
    made = sign_sample(
        Webhook(scheme, secret),
        body,
        [] if headers is None else list(headers.items()),
        id=id,
        type=type,
        now=now,
        url=url,
        method=method,
    )
    method, url, all_headers, body = made
    return SignedRequest(body=body, headers=all_headers, method=method, url=url)


def _body(payload: bytes | str | dict[str, Any] | list[Any]) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, (dict, list)):
        try:
            payload = json.dumps(payload, separators=(",", ":"), allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise TypeError("the payload cannot be written as JSON") from error
    if not isinstance(payload, str):
        kind = payload.__class__.__name__
        raise TypeError(f"the payload must be bytes, str, dict, list or None, not {kind}")
    try:
        return payload.encode("utf-8")
    except UnicodeEncodeError:
        raise TypeError("the payload must be text without lone surrogates") from None
