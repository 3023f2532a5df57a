"""Signed requests, to test your own handlers with.

>>> from countersign import Webhook
>>> from countersign.testing import signed_request
>>> request = signed_request("github", "hush", {"zen": "Design for failure."})
>>> request.body
b'{"zen":"Design for failure."}'
>>> Webhook("github", "hush").unwrap(request.body, request.headers).data["zen"]
'Design for failure.'

With the test client of Flask, for example:
``client.post("/webhooks", data=request.body, headers=request.headers)``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign._countersign import Scheme, Secret, Webhook

__all__ = ["SignedRequest", "signed_request"]


@dataclass(frozen=True)
class SignedRequest:
    """A request as a sender makes it."""

    #: The body; send it to the byte.
    body: bytes
    #: The headers: ``content-type``, your own and those of the scheme, in lower case.
    headers: dict[str, str] = field(repr=False)
    method: str
    #: The URL that was signed, if any.
    url: str | None


def signed_request(
    scheme: str | Scheme,
    secret: str | Secret,
    payload: bytes | str | dict[str, Any] | list[Any],
    *,
    id: str | None = None,
    now: float | None = None,
    url: str | None = None,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
) -> SignedRequest:
    """A request that ``Webhook(scheme, secret)`` verifies at ``now``.

    ``payload`` is sent as it is if it is ``bytes`` or ``str``, and as compact JSON if it is a
    ``dict`` or ``list``. A scheme that signs an id gets ``msg_test`` if ``id`` is ``None``. One that
    has its signature in the body gets it written there.
    ``now`` is in Unix seconds, the host's clock if ``None``. ``headers`` are sent besides the
    signed ones, and may replace ``content-type``.

    Raises ``ConfigurationError`` as ``Webhook`` does, ``VerificationError`` as ``Webhook.sign``
    does, ``TypeError`` for arguments of another type or a payload that JSON cannot hold.
    """
    webhook = Webhook(scheme, secret)
    id = _DEFAULT_ID if id is None else id
    body = webhook.sign_body(_body(payload), id=id, now=now)
    in_body = webhook.signs_in_body
    signed = {} if in_body else webhook.sign(body, id=id, now=now, url=url, method=method)
    is_json = body.lstrip(b" \t\r\n")[:1] in (b"{", b"[")
    content_type = "application/json" if is_json else "application/x-www-form-urlencoded"
    own = {name.lower(): value for name, value in (headers or {}).items()}
    return SignedRequest(
        body=body,
        headers={"content-type": content_type, **own, **signed},
        method=method,
        url=url,
    )


_DEFAULT_ID = "msg_test"


def _body(payload: bytes | str | dict[str, Any] | list[Any]) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, (dict, list)):
        try:
            payload = json.dumps(payload, separators=(",", ":"), allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise TypeError("the payload cannot be written as JSON") from error
    if not isinstance(payload, str):
        kind = type(payload).__name__
        raise TypeError(f"the payload must be bytes, str, dict or list, not {kind}")
    try:
        return payload.encode("utf-8")
    except UnicodeEncodeError:
        raise TypeError("the payload must be text without lone surrogates") from None
