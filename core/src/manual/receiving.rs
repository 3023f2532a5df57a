//! How a receiver works through a request: the checks in their order, and its answers.
//!
//! The order is part of the contract, and the same in every language and under every framework. It
//! is cheapest first, except that nothing is remembered of a request that is not authentic but how
//! often its sender called. The decisions are this crate's; what hosts add is I/O.
//!
//! | # | check | refused with | status |
//! |---|---|---|---|
//! | 1 | method | `method_not_allowed` | 405, `Allow` |
//! | 2 | `Content-Type`, `Content-Encoding` | `unsupported_media_type` | 415 |
//! | 3 | `Content-Length` | `payload_too_large` | 413 |
//! | 4 | address of the client | `address_not_allowed` | 403 |
//! | 5 | rate of the client | `rate_limited` | 429, `Retry-After` |
//! | 6 | body, read as far as the limit | `payload_too_large`, `body_timeout`, `incomplete_body` | 413, 408, 400 |
//! | 7 | signature, then freshness | see [`verdicts`](super::verdicts) | 401 |
//! | 8 | payload | see [`PayloadError`](crate::PayloadError) | 400 |
//! | 9 | schema of the event's type | `schema_mismatch` | 400 |
//! | 10 | claim on the dedupe key | (`duplicate`), `event_in_progress` | 200; 409, `Retry-After` |
//! | 11 | handler | `handler_failed`, `handler_timeout` | 500 |
//!
//! After 5, a handshake by GET or HEAD is answered (`malformed_handshake` 400, `handshake_refused` 403);
//! after 6, one by POST without a signature; after 8, one that is a signed event: see
//! [`handshakes`](super::handshakes). A guard whose store does not answer refuses
//! with `store_unavailable` (503), or lets pass, as its owner chose.
//!
//! # What counts as success
//!
//! Answers to authentic events are `{"status", "id", "type"}`, unless the scheme wants no body; see
//! [`Handling`](crate::Handling):
//!
//! - `handled` (200): the handler returned.
//! - `ignored` (200): no handler fits the type. It claims nothing, so that the provider's replay is
//!   handled once there is one.
//! - `duplicate` (200): handled before. Nothing runs.
//! - `accepted` (200): an inbox holds it durably; workers handle it.
//! - `pending` (202): the same, after the receiver waited for the handler until its deadline.
//!
//! # Claims
//!
//! A delivery is claimed after everything that can refuse it, because a malformed event must not
//! take the key of the well-formed one. A handler that fails releases the claim, so that the
//! provider's next attempt is handled. While a handler runs, another attempt of the same delivery
//! is answered 409: 200 would lose the event if the handler then failed. A process that dies leaves
//! its claim to the lease ([`DEFAULT_LEASE`](crate::DEFAULT_LEASE)), after which an attempt is
//! handled again. So an event is never lost once it was acknowledged, and is handled twice only if
//! a handler outlives its lease or a process dies between the end of a handler and the note of it.
//!
//! An event without a dedupe key (Meta's, or an event of the plain scheme without id) is handled
//! each time it comes.
//!
//! # Handlers
//!
//! One handler takes an event: that of the most specific pattern ([`Routes`](crate::Routes)). A
//! handler that is awaited and does not end within the deadline is answered with
//! `handler_timeout`; it runs on and keeps its claim, and what becomes of it decides what becomes
//! of the claim. A handler that blocks its thread cannot be left alone, so its own outcome is
//! answered, late. Only an inbox can promise more: it holds the event before it answers.
//!
//! # Whose address
//!
//! See [`AddressPolicy`](crate::AddressPolicy). The rate is counted per client and limit by
//! [`rate_limit_key`](crate::rate_limit_key).
