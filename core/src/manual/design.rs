//! How the crate is built.
//!
//! **Decisions without I/O.** Time and entropy are arguments, state is the caller's. A test needs
//! no fake clock, and the same code serves a thread of a web server, an interpreter and a
//! browser.
//!
//! **Schemes are data.** [`SchemeBuilder`](crate::SchemeBuilder) describes where a signature is,
//! how it is written and what it covers. The registered schemes use the same description as those
//! of users, and nothing in `verify` knows a provider's name. The signed content is read into
//! parts once, when the scheme is built; the bytes of a request are fed to the hash and never
//! interpreted, so that a body which holds `$&` or `{id}` means nothing.
//!
//! **Secrets.** Texts and keys are wiped when dropped. What stays in a
//! [`Webhook`](crate::Webhook) is the two hash states of each HMAC key, computed once; they are
//! wiped as well. Base64 and hexadecimal are decoded by codecs without secret-dependent branches
//! or table look-ups. Tags are compared as raw bytes over all secrets and candidates, without
//! early exit. An expected tag is never encoded.
//!
//! **Payloads.** The text is checked whole, and the envelope is located in the same pass; no tree
//! is built and `data` is not copied. The host's own parser reads `data` when the program asks
//! for it. What core accepts every host's parser accepts: depth and the length of numbers are
//! bounded, and the text is strict UTF-8.
