//! Reports on refused requests: what they find, and what keeps them harmless.
//!
//! A refusal says which check failed; most often it is `signature_mismatch`, which says nothing about
//! why. The causes are few and always the same, and nearly all of them can be tried: a report asks
//! [`verify`](crate::Webhook::verify) about the request as it may have been signed. What then fits is
//! `proven`, and there is nothing left to guess.
//!
//! ```
//! use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
//!
//! let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
//! let webhook = Webhook::new(Scheme::STANDARD, [Secret::parse(secret)?])?;
//! let sent = UnixTime::from_seconds(1_700_000_000);
//! let headers = webhook.sign("msg_1", sent, br#"{"type": "ping", "url": "a/b"}"#)?;
//!
//! // The framework parsed the body; what it wrote is compact. And the test is from yesterday.
//! let request = Request::new(&headers, br#"{"type":"ping","url":"a/b"}"#);
//! let now = UnixTime::from_seconds(1_700_100_000);
//! assert_eq!(
//!     webhook.explain(&request, now).to_string(),
//!     "\
//! The request is refused with signature_mismatch: no secret fits the signature; is it this endpoint's \
//! secret, and is the body passed as the bytes received?
//!
//! 1. body_reserialised (proven): layout spaced, escapes kept
//!    The body was parsed as JSON and written again in another layout; what was signed is the text as \
//! it came. Take the raw body before any parser: request.get_data() in Flask, await request.body() in \
//! FastAPI, request.body in Django, express.raw({ type: \"*/*\" }) in Express, await \
//! request.text() with fetch.
//!
//! 2. clock_skew (proven): seconds 100000, tolerance 300, direction past
//!    The signature is right; only the time is not. Is this a recorded or delayed request, or is a \
//! clock wrong? Compare both clocks with a time server, and for recorded requests pass the time of the \
//! recording as now."
//! );
//! # Ok::<(), countersign::Error>(())
//! ```
//!
//! # What is looked for
//!
//! In this order, one fault at a time; the first that is proven ends the search. A stale timestamp
//! is said in addition.
//!
//! - *Headers.* One that is missing and comes under another name (`HTTP_X_...`, underscores, a
//!   prefix, two faults of spelling); one that is repeated with another value; headers of another
//!   scheme.
//! - *Signature.* In another encoding, without its prefix or with another, of another version or
//!   algorithm.
//! - *Secret.* Its text where a decoded key is wanted, and the other way round; base64, base64url,
//!   hexadecimal; a prefix too many or too few; quotes, whitespace, a line break.
//! - *Another scheme* of the request's headers, under which a secret fits.
//! - *Body.* A line break or a byte order mark at its ends; ends of lines; base64; a JSON string;
//!   Latin-1; JSON in four layouts and six ways to escape; forms. Empty, or with replacement
//!   characters, it goes by looks.
//! - *URL and method,* where they are signed: scheme, port, host, slash, query, and what headers of
//!   proxies say of them.
//! - *Public keys.* One that has to be fetched; a sender that is not expected. A public key has no
//!   other form, and nothing is ever keyed with it: whoever knows it could make that fit.
//! - *Time.* How far from now; whole hours; another unit, of the timestamp or of the clock.
//!
//! What cannot be known is the order of keys that were sorted, and numbers that were written
//! otherwise.
//!
//! # What keeps it harmless
//!
//! - It decides nothing. `verify` is asked, with the same keys or with other forms of the same secrets,
//!   and its answer about another request is never an answer about this one.
//! - A report holds codes, words, numbers and names of headers: no secret, no signature, no byte of
//!   a body, no URL. Still it tells how a secret is off, so that it belongs in a log and not in an
//!   answer.
//! - The work is bounded by [`MAX_MACS`](crate::explain::MAX_MACS) keyed hashes, of which verifying
//!   with a public key counts as 32, and by
//!   [`MAX_HASHED_BYTES`](crate::explain::MAX_HASHED_BYTES), so that a body of a megabyte takes a
//!   fraction of a second whatever is in it, and some two in WebAssembly. A body above
//!   [`MAX_REWRITTEN_BODY`](crate::explain::MAX_REWRITTEN_BODY) is not written in other forms, and none
//!   in a layout above [`MAX_VARIANT`](crate::explain::MAX_VARIANT). That is still some hundred times
//!   a verdict: ask for a report while developing, or for one refusal in many.
//! - With the Cargo feature `explain`, which is off unless it is asked for, a webhook keeps its
//!   secrets and not their key schedules alone, for it tries other forms of them. They are wiped when
//!   it is dropped.
