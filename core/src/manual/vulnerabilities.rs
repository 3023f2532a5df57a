//! What went wrong in other libraries, and why it cannot here.
//!
//! - **Text instead of bytes.** A body that is decoded to text before it is hashed makes
//!   different bytes equal: every invalid sequence becomes U+FFFD. Here a body is bytes from end
//!   to end; text is encoded, never decoded.
//! - **Re-serialised JSON.** Two JSON texts of one value have different signatures. A body that a
//!   framework parsed already is refused with `unsupported_body` and the way to the raw bytes.
//! - **Templates.** JavaScript's `replace` interprets `$&` in what it inserts, so some bodies
//!   verified wrongly. Here no request byte is ever interpreted.
//! - **Lenient decoding.** Base64 with stray bits, spaces or another alphabet gives several texts
//!   for one signature, and libraries disagree on which they take. Here one text is accepted.
//! - **Lenient numbers.** `parseInt`, `float` and `int` read `1e3`, ` 12`, `+5`, `١٢` each in
//!   their own way. Here a timestamp has one form and one value.
//! - **Early exit.** Comparing texts or stopping at the first difference tells how much was
//!   right. Here raw tags are compared in constant time, over all secrets and candidates.
//! - **Unbounded lists.** A header with 100,000 signatures costs one comparison each. Here 64
//!   are compared, and each secret costs one MAC.
//! - **Foreign exceptions.** Header bytes that are not ASCII, numbers that overflow, half a
//!   surrogate pair: elsewhere they crash the handler. Here they are codes.
//! - **Zero as default.** `tolerance: 0` means "off" in one library and "the default" in another.
//!   Here it is a type, and zero means zero.
//! - **Ambiguous content.** `id.timestamp.body` can be cut in two ways if an id holds a dot.
//!   Such an id is refused, when signing and when verifying.
//! - **Two readings of a URL.** A filter that reads another host than the client does is no filter:
//!   `https://example.com\@127.0.0.1/`, `0177.0.0.1`, `127.1`, `１２７.0.0.1`. A
//!   [`Destination`](crate::Destination) is of a grammar that all parsers read alike.
//! - **Forgotten forms of addresses.** `[::ffff:127.0.0.1]`, `64:ff9b::7f00:1` and `2002:7f00:1::`
//!   are 127.0.0.1, and Azure's metadata service has a public address.
//!   [`DestinationRules`](crate::DestinationRules) refuse all of them, and a host of which any
//!   address is refused.
//! - **Fail-open.** An unset secret that becomes an empty key verifies what anyone can sign. An
//!   empty secret is an error when the webhook is made.
