"""Every code and the class of its error."""

from __future__ import annotations

from casebook import Topic, code_case

_CLASSES = {
    "ConfigurationError": (
        ("empty_secret", "A secret is empty."),
        ("malformed_secret", "A secret is not in the form that its scheme wants."),
        ("no_secrets", "No secret was given."),
        ("unknown_scheme", "No scheme is registered under the name."),
        ("malformed_scheme", "The description of a scheme is not sound."),
        ("unsupported_body", "The body is not bytes, nor text that has bytes."),
    ),
    "VerificationError": (
        ("missing_header", "A header that the scheme needs is missing."),
        ("malformed_header", "A header's value is not what a header may hold."),
        ("conflicting_header", "A header came more than once with different values."),
        ("malformed_timestamp", "The timestamp is not in its form."),
        ("malformed_signature", "No entry is a signature in canonical form."),
        ("unsupported_signature", "Every signature is of another version."),
        ("signature_mismatch", "No secret fits any signature."),
        ("timestamp_too_old", "The request is older than the tolerance."),
        ("timestamp_too_new", "The request is further ahead than the tolerance."),
        ("missing_context", "The scheme signs something that was not given."),
    ),
    "PayloadError": (
        ("payload_not_utf8", "The verified body is not UTF-8."),
        ("payload_not_json", "The verified body is not JSON, nor a form where one may be."),
        ("payload_not_object", "The verified body is JSON but not an object."),
        ("payload_too_deep", "The verified body nests too deep."),
        ("payload_too_large", "The body is larger than the limit of its reader."),
        ("missing_field", "A field that the event needs is missing."),
        ("malformed_field", "A field of the event is not what it may be."),
        ("schema_mismatch", "The event does not fit the schema of its type."),
    ),
    "GuardError": (
        ("duplicate_event", "The delivery was already handled."),
        ("rate_limited", "The caller sends more than the limit."),
        ("address_not_allowed", "The caller's address is not on the list."),
    ),
    "DeliveryError": (
        ("malformed_url", "The destination is not a URL."),
        ("insecure_url", "The destination is not HTTPS."),
        ("forbidden_destination", "The destination's address must not be reached."),
    ),
}


def topic() -> Topic:
    return Topic(
        "codes.json",
        "codes",
        "Every error code and the class of the error that carries it.",
        [
            code_case(code, about, error_class)
            for error_class, codes in _CLASSES.items()
            for code, about in codes
        ],
    )
