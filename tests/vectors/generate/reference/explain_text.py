"""What a report says: the sentence of each finding, and the report as text."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

Facts = Dict[str, Any]


class Finding(NamedTuple):
    """One thing that is wrong; the facts are in the order in which they are shown."""

    code: str
    certainty: str
    evidence: Facts

    def as_json(self) -> Dict[str, Any]:
        return {**self._asdict(), "suggestion": SUGGESTIONS[self.code]}


def proven(code: str, **evidence: Any) -> Finding:
    return Finding(code, "proven", evidence)


def likely(code: str, **evidence: Any) -> Finding:
    return Finding(code, "likely", evidence)


def accepted_text(key_index: int) -> str:
    return f"The request is accepted: secret {key_index}, counted from 0, fits."


def refused_text(code: str, message: str, findings: List[Finding]) -> str:
    text = f"The request is refused with {code}: {message}"
    of_signature = (
        "signature_mismatch", "missing_signature", "timestamp_too_old", "timestamp_too_new",
    )  # fmt: skip
    if not findings and code in of_signature:
        text += (
            "\n\nNothing that was tried makes it pass. Is the secret that of this endpoint and"
            " environment, and is the body passed as the bytes received?"
        )
    for number, finding in enumerate(findings, 1):
        facts = ", ".join(f"{name} {value}" for name, value in finding.evidence.items())
        text += f"\n\n{number}. {finding.code} ({finding.certainty})"
        text += f": {facts}" if facts else ""
        text += f"\n   {SUGGESTIONS[finding.code]}"
    return text


SUGGESTIONS = {
    "context_missing": (
        "This scheme signs more than the body. Pass the URL that the sender called, or the"
        " method, together with the request."
    ),
    "key_needed": (
        "The public key has to be fetched first. Fetch it from the URL, or by the id, that the"
        " error has, keep it, and pass it as the key together with the request."
    ),
    "unexpected_sender": (
        "The request is of another sender than those that the webhook was made with. Compare"
        " their ids, to the character, and the address that the sender calls."
    ),
    "header_renamed": (
        "Something between the sender and here renames this header. Pass the headers as the"
        " server received them, or have the proxy forward it under its own name."
    ),
    "header_dropped": (
        "The request has no such header, nor one that resembles it. Is it forwarded by the"
        " proxy, is a secret set at the sender so that it signs at all, and is this the"
        " sender's scheme?"
    ),
    "header_repeated": (
        "Something adds this header a second time with another value. Remove what is added, or"
        " forward the header as the sender wrote it."
    ),
    "other_scheme": (
        "This request fits another scheme than the webhook's. Make the webhook with that"
        " scheme, or correct the address that the sender calls."
    ),
    "signature_version": (
        "The header has a signature of another version or algorithm than this scheme verifies."
        " Have the sender use this one, or choose the scheme that fits."
    ),
    "signature_encoding": (
        "The signature is written in another form than this scheme has. Correct what writes or"
        " changes the header, or describe a scheme with that encoding and prefix."
    ),
    "timestamp_form": (
        "The timestamp is written in another form than this scheme has. Is this the sender's"
        " scheme, and does nothing rewrite the header?"
    ),
    "timestamp_unit": (
        "The timestamp is in another unit than this scheme has. Correct the sender, or describe"
        " a scheme with that timestamp format."
    ),
    "clock_unit": (
        "The time that was passed as now is in another unit. Pass Unix seconds, or pass nothing"
        " and the clock of this host is used."
    ),
    "clock_skew": (
        "The signature is right; only the time is not. Is this a recorded or delayed request,"
        " or is a clock wrong? Compare both clocks with a time server, and for recorded"
        " requests pass the time of the recording as now."
    ),
    "time_zone": (
        "The distance is a whole number of hours, as when a local time is taken for UTC. Make"
        " the timestamp, and now, from UTC."
    ),
    "secret_form": (
        "The secret is the right one in another form. Pass it as the provider shows it, to the"
        " character, or as bytes in the form that is named here."
    ),
    "body_empty": (
        "The body is empty, and what was signed most likely was not. Something read it before:"
        " take the raw body first, ahead of every parser and middleware that consumes it."
    ),
    "trailing_newline": (
        "The signature fits the body but for the end of its last line. Pass the body as it"
        " came; for recorded bodies, see that the editor or the shell adds no line break."
    ),
    "byte_order_mark": (
        "The signature fits the body but for the byte order mark at its start. Pass the body as"
        " it came, as bytes, not as text that was read from a file."
    ),
    "line_endings": (
        "The signature fits the body with other ends of lines. Pass the body as it came; for"
        " recorded bodies, see that neither git nor the editor converts them."
    ),
    "body_is_base64": (
        "The body is base64 of what was signed, as gateways of functions pass it. Decode it"
        " first (AWS says isBase64Encoded) and pass the bytes."
    ),
    "body_is_json_string": (
        "The body is a JSON string of what was signed: a text was written as JSON once more."
        " Pass the text itself."
    ),
    "body_recoded": (
        "The body was decoded to text and encoded again in another character encoding. Pass the"
        " bytes that came, without decoding them."
    ),
    "body_decoded": (
        "The body holds the character U+FFFD, which stands where a decoder met bytes that are"
        " no text. Pass the bytes that came, without decoding them."
    ),
    "body_reserialised": (
        "The body was parsed as JSON and written again in another layout; what was signed is"
        " the text as it came. Take the raw body before any parser: request.get_data() in"
        " Flask, await request.body() in FastAPI, request.body in Django, express.raw({ type: \"*/*\" }) in"
        " Express, await request.text() with fetch."
    ),
    "form_rewritten": (
        "The form was parsed and written again with other escapes or in another order. Take the"
        " raw body before any parser."
    ),
    "url_differs": (
        "The sender signed another URL than the one passed here, as behind a proxy. Pass the"
        " URL that is registered at the provider: https, the public host, its port or none,"
        " path and query to the character."
    ),
    "url_query_lost": (
        "The sender adds this parameter to the URL that it calls and signs, and the URL passed"
        " here lacks it. Pass the URL with its query as it was called."
    ),
    "method_differs": (
        "The sender signed another method than the one passed here. Pass the method of the"
        " request as it came, in upper case."
    ),
}
