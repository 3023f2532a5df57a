"""Signing as each provider does, for those who test their handlers."""

from __future__ import annotations

from typing import Dict, List, Optional

from casebook import Case, Topic, sign_case
from fixtures import MSG, NOW
from reference.providers import PROVIDERS
from topics.provider_samples import ProviderSample, provider_samples

_PARTS = ("id", "timestamp", "signature")


def _names(scheme: str) -> Dict[str, Optional[str]]:
    headers = PROVIDERS[scheme]["headers"]
    first = headers[0] if isinstance(headers, list) else headers
    return {part: first.get(part) for part in _PARTS}


def _case(sample: ProviderSample) -> Case:
    names = _names(sample.scheme)
    family = sample.signature_header.partition("-")[0]
    if names["signature"] != sample.signature_header:
        # Fathom's first headers are Svix's.
        family = (names["signature"] or "").partition("-")[0]
    sent = {name.lower(): value for name, value in sample.signed(sample.secret, sample.body, NOW)}
    expected = []
    for part in _PARTS:
        name = names[part]
        if name is not None:
            value = sent.get(name, sent.get(name.replace(f"{family}-", "webhook-"), ""))
            # Providers write more beside it.
            expected.append((name, value.partition(",h=")[0]))
    return sign_case(
        f"provider-sign-{sample.scheme}", f"A request as {sample.scheme} signs it.", expected,
        scheme=sample.scheme, secrets=[sample.secret], body=sample.body, now=NOW,
        message_id=MSG if names["id"] is not None else None, method=sample.method, url=sample.url,
    )  # fmt: skip


def topic() -> Topic:
    cases: List[Case] = [_case(sample) for sample in provider_samples()]
    return Topic("providers-sign.json", "sign", "Signing as each provider does.", cases)
