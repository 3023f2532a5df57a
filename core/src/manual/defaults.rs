//! What holds when nothing is said.
//!
//! - **No scheme is the default.** A webhook is always made of a named scheme, so that a request
//!   of one provider is never judged by the rules of another.
//! - **Tolerance.** 300 seconds both ways for schemes with a timestamp, which is what the
//!   reference libraries of Standard Webhooks use. Stripe checks the past only, as Stripe's own
//!   libraries do. [`Tolerance::unchecked`](crate::Tolerance::unchecked) must be written out;
//!   zero means zero.
//! - **Schemes without a timestamp** (GitHub, Shopify, the plain `sha256`) cannot tell a replay
//!   from a first delivery. Remember [dedupe keys](crate::Event::dedupe_key) for
//!   [`Webhook::dedupe_lifetime`](crate::Webhook::dedupe_lifetime).
//! - **Headers that are not signed** (`X-GitHub-Delivery`, `X-GitHub-Event`, `X-Shopify-Topic`)
//!   are what the provider says under TLS, not what it signed. Where a payload holds the same
//!   value, the signed one comes first: the id of the plain `sha256` scheme is the body's.
//! - **Destinations.** HTTPS alone and public addresses alone. HTTP and each network besides are
//!   allowed one by one; a metadata service only by its very address.
//! - **Retries.** [`Backoff::standard`](crate::Backoff::standard) is the schedule of Standard
//!   Webhooks with equal jitter. `Retry-After` is honoured up to a day.
