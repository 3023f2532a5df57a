//! Public keys: which algorithms, where keys come from, and what is not trusted.
//!
//! With the feature `asymmetric`. In the npm package these schemes are in `countersign/asymmetric`; see
//! [`javascript`](super::javascript) for why.
//!
//! # Keys that you have
//!
//! The key of Discord, SendGrid or HighLevel is passed where others have a secret: as PEM, base64 of its
//! DER, a JWK or a set of them, or, of Ed25519, as its 32 bytes in hexadecimal or base64. Standard
//! Webhooks writes `whpk_` before a public key and `whsk_` before a pair, which signs; such keys and
//! `whsec_` secrets may stand together, since its header may hold `v1` and `v1a` signatures:
//!
//! ```
//! # #[cfg(feature = "asymmetric")] {
//! use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
//!
//! let pair = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
//! let shared = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
//! let secrets = [Secret::parse(shared)?, Secret::parse(pair)?];
//! let sender = Webhook::new(Scheme::STANDARD, secrets)?.with_every_secret_signing();
//! let now = UnixTime::from_seconds(1_700_000_000);
//! let headers = sender.sign("msg_1", now, b"{}")?;
//!
//! let public = Secret::parse("whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")?;
//! let receiver = Webhook::new(Scheme::STANDARD, [public])?;
//! receiver.verify(&Request::new(&headers, b"{}"), now)?;
//! # }
//! # Ok::<(), countersign::Error>(())
//! ```
//!
//! # Keys that must be fetched
//!
//! PayPal and Amazon SNS name the URL of a certificate in each request, fal publishes a set of keys, Plaid
//! and Circle name an id. The core fetches nothing. It says what is wanted, by `key_needed`, and takes
//! what was answered by [`Request::key`](crate::Request::key). A URL is named only if it is the provider's
//! own: HTTPS, a host of a fixed list, without port, name, query or fragment, below a fixed path. Else
//! it is `untrusted_key_url`. Of a certificate the name and the time are checked (`untrusted_certificate`,
//! `expired_certificate`); who has issued it is not, for what the host was asked by HTTPS it has
//! answered itself.
//!
//! # Whose requests
//!
//! The key of SNS or fal says that *SNS* or *fal* has sent a request, for any of their customers. So their
//! secret is whose requests are taken: the ARN of the topic, the id of the user; PayPal's is the id of the
//! webhook. Of another topic it is `unexpected_sender`, before a key is fetched.
//!
//! # What is refused
//!
//! RSA keys of fewer than 2048 bits or more than 4096, weak keys of Ed25519, signatures that are not
//! canonical, and JSON Web Signatures by `none`, by another algorithm than the scheme's or with `crit`. A
//! text that is a public key is never a shared secret, whatever the header says. With each key at most 4
//! signatures are verified, for one takes as long as a hundred tags.
//!
//! PayPal signs a CRC-32 of the body and no more, and SNS signs with SHA-1 unless its topic says otherwise.
//! Both are verified as they are, and say so in [`Scheme`](crate::Scheme).
