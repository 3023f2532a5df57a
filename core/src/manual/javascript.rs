//! Why the npm package has several modules, and what public keys cost there.
//!
//! **A module for each task.** Whoever only verifies loads `countersign.wasm` and nothing of receivers,
//! monitors or senders. Each entry compiles its modules as it is imported, so that there is nothing to
//! wait for; their size is the time of a start, and what a page or a worker downloads.
//!
//! **Public keys are a module of their own.** `countersign/asymmetric` has `asymmetric.wasm`, which is
//! this crate with the feature `asymmetric`: it has all that `countersign.wasm` has. Measured, with
//! gzip:
//!
//! | | bytes |
//! |---|---|
//! | `countersign.wasm`, compiled for speed, as it ships | 101,000 |
//! | the same, compiled for size but for hashes | 8,300 less |
//! | the same, compiled for size | 11,000 less |
//! | `asymmetric.wasm`, compiled for size but for the hash of the body | 185,000 |
//!
//! Compiled for size, a verdict on 64 bytes took 1.12 to 1.27 times as long, one on 512 bytes 1.09 to 1.16
//! times and one on a form twice as long, measured side by side in one run: too much for a twelfth of
//! the bytes. Of the 89,000 bytes that it would be, 17,000 are tables of schemes, names and messages, and
//! 11,000 signing, schedules, handshakes and descriptions; the rest is the verdict and what an event
//! has, of every shape that providers use. So a module without signing would gain little.
//!
//! One module for all would nearly double what everybody loads for the sake of eleven schemes. A module
//! of the primitives alone, which the first calls, would save those who use both some 90,000 bytes, and
//! would need the verdict to leave core for JavaScript and to come back between two checks: there is
//! one way through a verdict, and it is in one place. Who imports one of the entries loads one of the
//! modules.
//!
//! **What takes the room**, in bytes of code before compression, of 180,000 that public keys add: RSA
//! and its numbers of any length 48,000, of which 29,000 multiply long numbers to prepare a key; ECDSA
//! on P-256 24,000; certificates, and keys in DER, 40,000; Ed25519 13,000; JSON Web Signatures, sets of
//! keys and the verdict some 20,000. There are no precomputed tables, which are for those who sign
//! often. The check of PayPal's body had tables of 16 KiB, which do not compress; it has 64 bytes now.
//! Only the hash of the body is compiled for speed. The rest is what the libraries are: well kept, in
//! constant time and general. An Ed25519 signature takes 0.2 ms, one of ECDSA 1.2 ms, one of RSA with
//! 2048 bits 0.4 ms; a delivery with a shared secret takes 1.1 to 1.3 times as long as in the other
//! module. Smaller code of our own could be had for RSA and certificates, and would be ours to get
//! wrong.
//!
//! **One set of classes.** Errors, events, schemes, secrets and tolerances are the same classes in both
//! entries, so that `instanceof` holds across them. Each module has a memory of its own. A scheme or a
//! secret that meets the other module is made there anew; a secret is copied for the time it takes and
//! wiped.
//!
//! **Keys that must be fetched** are fetched by the host: core says what it needs, after it has checked
//! that a URL is the provider's ([`KeyNeeded`](crate::KeyNeeded)). The package has a `KeyFetcher` that
//! does so by HTTPS, follows no redirect, reads at most 64 KiB in at most 5 seconds, keeps 64 keys for
//! a day, has one request for all who wait for the same key and 30 a minute in all, and does not repeat
//! what failed for 5 seconds. A key is fetched anew at most once a minute when it does not fit, so that
//! neither a provider's new key nor a forger's requests do harm. A key that cannot be had is answered
//! 503, so that the provider delivers again.
