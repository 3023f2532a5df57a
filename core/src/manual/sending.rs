//! How a sender works: what is decided here, and in which order.
//!
//! A message is stored before anybody is told that it was sent. What happens then is decided by pure
//! functions of this crate, of a state, an outcome, the time and entropy; what hosts add is I/O and a
//! store, in Rust and Python `countersign-delivery` on the tables of
//! [`sql::outbox`](crate::sql::outbox), in JavaScript `countersign/sender`, on the same tables if it
//! keeps them in SQLite.
//!
//! # Before an attempt
//!
//! 1. [`HealthPolicy::availability`](crate::HealthPolicy::availability) says whether the endpoint may
//!    be sent to: not while it is throttled or its circuit is open, one attempt at a time to probe it
//!    after that, never again once it is disabled. What somebody asked to have replayed goes while the
//!    circuit is open, too, but not to an endpoint that is throttled or disabled.
//! 2. [`Destination::parse`](crate::Destination::parse) says whether the URL may be sent to, and
//!    [`DestinationRules::check`](crate::DestinationRules::check) whether all addresses that its host
//!    has may be. A host that can, connects to the very addresses that were checked.
//! 3. [`Webhook::sign_message`](crate::Webhook::sign_message) signs the stored bytes, with the stored
//!    id and the time of this attempt;
//!    [by every secret](crate::Webhook::with_every_secret_signing) while one is being replaced.
//!
//! # After it
//!
//! 1. [`RetryPolicy::decide`](crate::RetryPolicy::decide) says what becomes of the message.
//! 2. [`HealthPolicy::observe`](crate::HealthPolicy::observe) says what becomes of the endpoint. A
//!    replay that fails says nothing of it: who asks for it knows that it may.
//!
//! | outcome | message | endpoint |
//! |---|---|---|
//! | 2xx | delivered | healthy |
//! | no answer, 408, 425, 5xx | tried again, not before `Retry-After` | fails; its circuit opens after ten in a row |
//! | 429, 502, 504, or `Retry-After` with another status that is tried again | tried again, not before that | fails, and is throttled as a whole |
//! | 3xx | dead: `redirected` | fails |
//! | 410 | dead: `disabled` | disabled: `gone` |
//! | other 4xx | dead: `rejected` | fails |
//! | an address that is not allowed | dead: `forbidden` | fails |
//! | after the last attempt of the policy | dead: `exhausted` | as above |
//!
//! An endpoint that has failed for five days without a success, at least ten times, is disabled
//! (`failing`): what waits for it is dead (`disabled`), and can be replayed when it is enabled again.
//!
//! # Why at least once
//!
//! Between an answer and the note of it a process can die. Then the message is sent again: not to
//! send it would lose it whenever the process died before the request. The id and the bytes stay the
//! same, so that a receiver knows what it has handled. A lease keeps two dispatchers from sending the
//! same at a time; it is longer than any attempt can take, and a dispatcher that was frozen begins
//! nothing whose lease may have ended meanwhile.
