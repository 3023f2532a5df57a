"""Why a request is refused: the request as it may have been signed is verified again."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction
from typing import Any, Dict, List, Optional, Sequence

from reference.asymmetric.keys import PublicKey
from reference.detect import detect, header_names
from reference.explain_body import body_variants
from reference.explain_headers import renamed
from reference.explain_secret import secret_forms
from reference.explain_signature import Entry, signature_entries
from reference.explain_text import Facts, Finding, accepted_text, likely, proven, refused_text
from reference.explain_time import form_finding, time_findings
from reference.explain_url import url_variants
from reference.explain_work import Work, is_identity
from reference.headers import RequestHeaders, choose_set, lower_ascii
from reference.refusal import Refusal
from reference.scheme import Scheme, Tolerance, find_scheme
from reference.secret import Key, parse_secrets
from reference.signature import labelled_timestamp
from reference.verify import Request, verify

_TIMELESS = Tolerance(None, None)


@dataclasses.dataclass(frozen=True)
class _Fit:
    """A signature that is right, whatever the time."""

    key_index: int
    timestamp: Optional[Fraction]


def _are_public(scheme: Scheme, keys: Sequence[Key]) -> bool:
    return is_identity(scheme) or any(isinstance(key, PublicKey) for key in keys)


class _Search:
    def __init__(
        self,
        scheme: Scheme,
        secrets: Sequence[str],
        request: Request,
        now: int,
        tolerance: Tolerance,
    ) -> None:
        self.scheme = scheme
        self.secrets = secrets
        self.keys = parse_secrets(scheme, secrets)
        self.request = request
        self.headers = RequestHeaders(request.headers)
        self.now = now
        self.tolerance = tolerance
        self.work = Work()

    def fit(
        self,
        request: Request,
        scheme: Optional[Scheme] = None,
        keys: Optional[List[List[Key]]] = None,
    ) -> Optional[_Fit]:
        scheme, keys = scheme or self.scheme, keys or self.keys
        if not self.work.take(scheme, keys, request):
            return None
        try:
            found = verify(scheme, keys, request, self.now, _TIMELESS)
        except Refusal:
            return None
        return _Fit(found.key_index, found.timestamp)

    def stale(self, fit: _Fit) -> List[Finding]:
        if fit.timestamp is None:
            return []
        form = self.scheme.timestamp_format
        return time_findings(fit.timestamp, self.now, self.tolerance, form)

    def proven(self, fit: _Fit, code: str, **facts: Any) -> List[Finding]:
        return [proven(code, **facts), *self.stale(fit)]

    def findings(self, refusal: Refusal) -> List[Finding]:
        code, message = refusal.code, refusal.message
        name = (re.findall(r"the header (\S+)", message) or [""])[0]
        if code == "missing_context":
            return [proven("context_missing", part="url" if "URL" in message else "method")]
        if code == "missing_header":
            return self.missing_headers(name)
        if code == "missing_signature":
            return self.other_body() or self.other_scheme(by_looks=True) or self.looks()
        if code in ("key_needed", "unexpected_sender"):
            return [proven(code)]
        if code == "conflicting_header":
            return self.repeated_header(name)
        if code == "malformed_timestamp":
            return self.timestamp_form() if message.startswith("the timestamp is not") else []
        if code in ("malformed_signature", "unsupported_signature"):
            return self.signatures(name)
        if code == "signature_mismatch":
            return self.mismatch()
        if code in ("timestamp_too_old", "timestamp_too_new"):
            fit = self.fit(self.request)
            return [] if fit is None else self.stale(fit)
        return []

    def missing_headers(self, first: str) -> List[Finding]:
        sets = [
            [name for name in one.names() if name not in self.headers]
            for one in self.scheme.header_sets
        ]
        # What says which key it is belongs to no set.
        missing = min(sets, key=len, default=[]) or [first]
        for name in missing:
            older = self.headers.value(name[: -len("-256")]) if name.endswith("-256") else None
            if older is not None and older.startswith("sha1="):
                return [likely("signature_version", header=name, expected="sha256", found="sha1")]
        known = header_names(self.scheme)
        pairs = list(self.request.headers)
        found: List[Facts] = []
        for wanted in missing:
            match = renamed(wanted, [name for name, _ in self.request.headers], known)
            if match is not None:
                pairs[match.index] = (wanted, pairs[match.index][1])
                found.append({"header": wanted, "found": match.name, "how": match.how})
        fit = self.fit(dataclasses.replace(self.request, headers=pairs)) if found else None
        gone = [name for name in missing if name not in [facts["header"] for facts in found]]
        dropped = [proven("header_dropped", header=name) for name in gone]
        if fit is not None:
            renaming = [proven("header_renamed", **facts) for facts in found]
            return [*renaming, *self.stale(fit), *dropped]
        other = self.other_scheme(by_looks=True)
        if other and other[0].certainty == "proven":
            return other
        renaming = [likely("header_renamed", **facts) for facts in found]
        return [*other, *renaming] if other else [*renaming, *dropped]

    def repeated_header(self, name: str) -> List[Finding]:
        for instance, value in enumerate(self.headers.instances(name)[:8]):
            fit = self.fit(self._with_value(name, value))
            if fit is not None:
                return self.proven(fit, "header_repeated", header=name, instance=instance)
        return [proven("header_repeated", header=name)]

    def _with_value(self, name: str, value: str) -> Request:
        pairs = [
            (known, value if lower_ascii(known) == name else old)
            for known, old in self.request.headers
        ]
        return dataclasses.replace(self.request, headers=pairs)

    def timestamp_form(self) -> List[Finding]:
        chosen = choose_set(self.scheme, self.headers)
        if chosen.timestamp is not None:
            text = self.headers.value(chosen.timestamp) or ""
        else:
            signature = self.headers.value(chosen.signature) or ""
            text = labelled_timestamp(self.scheme, chosen.signature, signature)
        return form_finding(text, self.scheme.timestamp_format)

    def signatures(self, name: str) -> List[Finding]:
        value = self.headers.value(name) or ""
        entries: List[Entry] = []
        if not any(self.is_public(index) for index in range(len(self.keys))):
            entries = signature_entries(self.scheme, name, value)
        for entry in entries:
            if entry.corrected is not None and entry.encoding is not None:
                fit = self.fit(self._with_value(name, entry.corrected))
                if fit is not None:
                    return self.proven(fit, "signature_encoding", **entry.encoding)
        findings = self.other_scheme(by_looks=True)
        if any(finding.certainty == "proven" for finding in findings):
            return findings
        versions = [entry.version for entry in entries if entry.version is not None]
        encodings = [entry.encoding for entry in entries if entry.encoding is not None]
        if versions:
            return [*findings, likely("signature_version", **versions[0])]
        return [*findings, *(likely("signature_encoding", **one) for one in encodings[:1])]

    def mismatch(self) -> List[Finding]:
        return (
            self.other_secret()
            or self.other_scheme(by_looks=False)
            or self.other_body()
            or self.other_url()
            or self.other_method()
            or self.looks()
        )

    def other_secret(self) -> List[Finding]:
        for index, secret in enumerate(self.secrets[:16]):
            if self.is_public(index):
                continue
            forms = list(secret_forms(self.scheme, secret))
            fit = self.fit(self.request, keys=[[key] for _, key in forms])
            if fit is not None:
                form = forms[fit.key_index][0]
                return self.proven(fit, "secret_form", secret=index, form=form)
        return []

    def is_public(self, index: int) -> bool:
        """Whether anybody knows this secret: a public key, or who is expected to send."""
        return _are_public(self.scheme, self.keys[index])

    def other_scheme(self, by_looks: bool) -> List[Finding]:
        detected = detect(self.request.headers)
        others = [name for name in detected if name != self.scheme.name]
        for name in others:
            for index, secret in enumerate(self.secrets[:16]):
                scheme = find_scheme(name)
                try:
                    keys = parse_secrets(scheme, [secret])
                except Refusal:
                    continue
                if self.is_public(index) and not _are_public(scheme, keys[0]):
                    continue
                if self.fit(self.request, scheme, keys) is not None:
                    return [proven("other_scheme", scheme=name, secret=index)]
        if by_looks and others and self.scheme.name not in detected:
            return [likely("other_scheme", scheme=others[0])]
        return []

    def other_body(self) -> List[Finding]:
        for code, facts, body in body_variants(self.request.body):
            fit = self.fit(dataclasses.replace(self.request, body=body))
            if fit is not None:
                return self.proven(fit, code, **facts)
        return []

    def other_url(self) -> List[Finding]:
        if self.request.url is None or not self.scheme.signs("url"):
            return []

        for facts, url in url_variants(self.request.url, self.headers.value):
            fit = self.fit(dataclasses.replace(self.request, url=url))
            if fit is not None:
                return self.proven(fit, "url_differs", **facts)
        return []

    def other_method(self) -> List[Finding]:
        method = self.request.method
        if method is None or not self.scheme.signs("method"):
            return []
        variants = {"upper_case": method.upper(), "lower_case": method.lower()}
        for signed, other in {**variants, "POST": "POST", "GET": "GET", "PUT": "PUT"}.items():
            if other == method:
                continue
            fit = self.fit(dataclasses.replace(self.request, method=other))
            if fit is not None:
                return self.proven(fit, "method_differs", signed=signed)
        return []

    def looks(self) -> List[Finding]:
        findings: List[Finding] = []
        parts = ("body", "form", "sha256", "crc32", "before_signature")
        is_signed = self.scheme.jws is not None or any(map(self.scheme.signs, parts))
        has_it = self.scheme.signature_field is not None
        body = self.request.body
        replacements = body.count(b"\xef\xbf\xbd")
        if not body and self.request.method not in ("GET", "HEAD") and (is_signed or has_it):
            findings.append(likely("body_empty"))
        elif replacements and is_signed:
            findings.append(likely("body_decoded", count=replacements))
        parameter = self.scheme.body_digest_parameter
        is_json = body[:1] in (b"{", b"[")
        content_type = self.headers.value("content-type") or ""
        was_form = content_type.startswith("application/x-www-form-urlencoded")
        if is_json and was_form and self.scheme.signs("form"):
            findings.append(likely("form_rewritten", signed="form"))
        elif parameter is not None and is_json:
            if parameter not in (self.request.url or ""):
                findings.append(likely("url_query_lost", parameter=parameter))
        return findings


def explain(
    scheme: Scheme,
    secrets: Sequence[str],
    request: Request,
    now: int,
    tolerance: Tolerance,
) -> Dict[str, Any]:
    """As the packages give it, in JSON."""
    keys = parse_secrets(scheme, secrets)
    try:
        verified = verify(scheme, keys, request, now, tolerance)
    except Refusal as refusal:
        findings = _Search(scheme, secrets, request, now, tolerance).findings(refusal)
        return {
            "key_index": None,
            "code": refusal.code,
            "message": refusal.message,
            "findings": [finding.as_json() for finding in findings],
            "text": refused_text(refusal.code, refusal.message, findings),
        }
    return {
        "key_index": verified.key_index,
        "code": None,
        "message": None,
        "findings": [],
        "text": accepted_text(verified.key_index),
    }
