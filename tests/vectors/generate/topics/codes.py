"""Every code, the class of its error, and the status that answers it."""

from __future__ import annotations

from casebook import Topic, code_case

CLASSES = {
    "ConfigurationError": (
        ("empty_secret", "A secret is empty.", 500),
        ("malformed_secret", "A secret is not in the form that its scheme wants.", 500),
        ("asymmetric_left_out", "The scheme has public keys, which this build leaves out.", 500),
        ("no_secrets", "No secret was given.", 500),
        ("unknown_scheme", "No scheme is registered under the name.", 500),
        ("malformed_scheme", "The description of a scheme is not sound.", 500),
        ("unsupported_body", "The body is not bytes, nor text that has bytes.", 500),
        ("malformed_network", "A network is no address or range.", 500),
        ("malformed_limit", "A rate limit leaves no request or no time.", 500),
        ("malformed_pattern", "A pattern of event types is none.", 500),
        ("duplicate_handler", "A pattern of event types has a handler already.", 500),
        ("malformed_schema", "A schema of payloads cannot be used.", 500),
    ),
    "VerificationError": (
        ("missing_header", "A header that the scheme needs is missing.", 401),
        ("malformed_header", "A header's value is not what a header may hold.", 401),
        ("conflicting_header", "A header came more than once with different values.", 401),
        ("malformed_timestamp", "The timestamp is not in its form.", 401),
        ("missing_signature", "The body has no signature where the scheme has it.", 401),
        ("malformed_signature", "No entry is a signature in canonical form.", 401),
        ("unsupported_signature", "Every signature is of another version.", 401),
        ("signature_mismatch", "No secret fits any signature.", 401),
        ("timestamp_too_old", "The request is older than the tolerance.", 401),
        ("timestamp_too_new", "The request is further ahead than the tolerance.", 401),
        ("key_needed", "The key that the request needs was not passed.", 503),
        ("untrusted_key_url", "The key's URL is not the provider's.", 401),
        ("malformed_key", "The key that was fetched cannot be used.", 401),
        ("untrusted_certificate", "The certificate has none of the provider's names.", 401),
        ("expired_certificate", "The certificate is not valid now.", 401),
        ("unexpected_sender", "The request is another's than those that are taken.", 401),
        ("missing_context", "The scheme signs something that was not given.", 401),
    ),
    "PayloadError": (
        ("payload_not_utf8", "The verified body is not UTF-8.", 400),
        ("payload_not_json", "The verified body is not JSON, nor a form where one may be.", 400),
        ("payload_not_object", "The verified body is JSON but not an object.", 400),
        ("payload_too_deep", "The verified body nests too deep.", 400),
        ("payload_too_large", "The body is larger than the limit of its reader.", 413),
        ("missing_field", "A field that the event needs is missing.", 400),
        ("malformed_field", "A field of the event is not what it may be.", 400),
        ("schema_mismatch", "The event does not fit the schema of its type.", 400),
    ),
    "GuardError": (
        ("method_not_allowed", "The method is neither of a delivery nor of a handshake.", 405),
        ("unsupported_media_type", "The body is of another kind, or encoded.", 415),
        ("address_not_allowed", "The caller's address is not on the list.", 403),
        ("rate_limited", "The caller sends more than the limit.", 429),
        ("body_timeout", "The body did not arrive in time.", 408),
        ("incomplete_body", "The connection ended before the body did.", 400),
        ("malformed_handshake", "A handshake lacks what its provider sends.", 400),
        ("handshake_refused", "A handshake has another verify token.", 403),
        ("duplicate_event", "The delivery was already handled.", 200),
        ("event_in_progress", "The delivery is being handled by an earlier request.", 409),
        ("store_unavailable", "A store that a guard needs does not answer.", 503),
        ("key_unavailable", "The key that a signature is by could not be fetched.", 503),
        ("handler_failed", "The handler of the event failed.", 500),
        ("handler_timeout", "The handler of the event did not end in time.", 500),
    ),
    "DeliveryError": (
        ("malformed_url", "The destination is not a URL.", 500),
        ("insecure_url", "The destination is not HTTPS.", 500),
        ("forbidden_destination", "The destination's address must not be reached.", 500),
        ("unknown_endpoint", "No endpoint has the id that a message is addressed to.", 500),
        ("malformed_message", "A message or an endpoint has a part that cannot be used.", 500),
        ("unreadable_secret", "The secrets of an endpoint need another key.", 500),
        ("outbox_unavailable", "The database of the outbox does not answer.", 500),
    ),
}


def topic() -> Topic:
    return Topic(
        "codes.json",
        "codes",
        "Every error code, the class of its error, and the HTTP status that answers it.",
        [
            code_case(code, about, error_class, status)
            for error_class, codes in CLASSES.items()
            for code, about, status in codes
        ],
    )
