//! The rules of a verdict, in the order in which they are checked.
//!
//! The order is part of the contract: the same bad request has the same code in every language.
//!
//! 1. *Context.* The scheme signs the method or the URL and the call has none:
//!    `missing_context`.
//! 2. *Presence.* A scheme may know several sets of headers (Svix: `svix-*`, else `webhook-*`).
//!    The first complete set is used. If none is complete: `missing_header`, for the set that
//!    comes closest.
//! 3. *Form of headers.* The same name with different values: `conflicting_header`. Empty, or
//!    with a byte outside visible ASCII and space: `malformed_header`. An id may not hold the
//!    character that ends it in the signed content, since the content could then be cut in two
//!    ways: `malformed_header`.
//! 4. *Form of the timestamp.* One text for one instant: ASCII digits without sign, space,
//!    fraction or leading zero, at most 19; or strict RFC 3339 where the scheme says so:
//!    `malformed_timestamp`. The signed content uses the text as received.
//! 5. *Form of the signature.* Entries that are empty, of another version or not canonical are
//!    skipped while a usable one remains. None usable: `malformed_signature`, or
//!    `unsupported_signature` if all are of other versions. At most
//!    [`MAX_CANDIDATES`](crate::MAX_CANDIDATES) are compared.
//!
//!    A signature in the body is sought there before anything is verified: in one pass over at most
//!    the depth and the numbers that payloads may have, without a tree. The body must be a JSON object
//!    with a signature, or with items that have one each: else `missing_signature`. Neither the
//!    signature nor a field that it covers may be named twice on its path, since another reader could
//!    take the other value, and what is covered must have a text: else `malformed_signature`. All
//!    this is read of all items before a signature is decoded.
//! 6. *Signature.* One MAC per secret, and per item, of which all must be of the same secret:
//!    `signature_mismatch`.
//!    Schemes with public keys look for the key first: see [`public_keys`](super::public_keys). There it
//!    is `unexpected_sender`, `untrusted_key_url`, `key_needed`, `malformed_key`,
//!    `untrusted_certificate` or `expired_certificate`, in this order, before `signature_mismatch`.
//! 7. *Freshness.* Only a signed timestamp is judged, so a forged request never learns how old
//!    the receiver thinks it is: `timestamp_too_old`, `timestamp_too_new`.
//!
//! Parsing comes after all of them and works on verified bytes only: `payload_not_utf8`,
//! `payload_not_json`, `payload_too_deep` (whichever comes first in the text),
//! `payload_not_object`, then the fields in the order id, type, time, data:
//! `malformed_field`, `missing_field`.
//!
//! The corpus `tests/vectors` of the repository holds cases for each rule.
