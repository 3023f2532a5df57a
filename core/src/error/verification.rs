use alloc::boxed::Box;
use core::fmt;

use crate::key_needed::KeyNeeded;
use crate::scheme::{Encoding, TimestampFormat};
use crate::signature::MAX_CANDIDATES;

/// The request does not prove that a holder of the secret sent it now.
///
/// Caused by the sender, by whatever lies between, or by a secret of another endpoint. Answer 401.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerificationError {
    /// A header that the scheme needs is absent.
    MissingHeader {
        /// Its name in lower case.
        name: Box<str>,
    },
    /// A header's value is not what any sender of the scheme writes.
    MalformedHeader {
        /// Its name in lower case.
        name: Box<str>,
        /// What is wrong with it.
        defect: HeaderDefect,
    },
    /// A header was sent several times with different values.
    ConflictingHeader {
        /// Its name in lower case.
        name: Box<str>,
    },
    /// The attempt timestamp is absent or not of the scheme's form.
    MalformedTimestamp(TimestampDefect),
    /// No signature in the header can be decoded.
    MalformedSignature {
        /// The header's name in lower case.
        name: Box<str>,
        /// How signatures are written in this scheme.
        encoding: Encoding,
        /// What stands before each, may be empty.
        prefix: Box<str>,
        /// The length of a signature in bytes; 0 if it is a token, `None` if lengths differ.
        length: Option<usize>,
    },
    /// The body has no signature where the scheme has it.
    MissingSignature {
        /// The path of the signature, or of the array of what is signed.
        path: Box<str>,
        /// Why there is none.
        absence: SignatureAbsence,
    },
    /// The signature in the body, or a field that it covers, is not what any sender of the scheme
    /// writes.
    MalformedSignedField {
        /// Its path.
        path: Box<str>,
        /// What is wrong with it.
        defect: SignedFieldDefect,
    },
    /// All signatures in the header are of versions that this scheme does not verify.
    UnsupportedSignature {
        /// The header's name in lower case.
        name: Box<str>,
        /// The version that the scheme verifies.
        label: Box<str>,
    },
    /// No secret yields any of the signatures.
    SignatureMismatch,
    /// The signature is right and older than the tolerance.
    TimestampTooOld {
        /// The age in seconds, rounded up.
        age: u64,
        /// The tolerance in seconds.
        tolerance: u64,
    },
    /// The signature is right and lies further in the future than the tolerance.
    TimestampTooNew {
        /// How far ahead in seconds, rounded up.
        ahead: u64,
        /// The tolerance in seconds.
        tolerance: u64,
    },
    /// The key that the request needs was not passed: fetch it.
    KeyNeeded(KeyNeeded),
    /// The request names a key at a URL that is not the provider's.
    UntrustedKeyUrl,
    /// The key that was fetched cannot be used.
    MalformedKey(KeyDefect),
    /// The certificate that was fetched has none of the provider's names.
    UntrustedCertificate,
    /// The certificate that was fetched is not valid now.
    ExpiredCertificate,
    /// The request is of another account or topic than those whose requests are taken.
    UnexpectedSender,
    /// The scheme signs something that the call did not pass.
    MissingContext(MissingContext),
}

/// What is wrong with a key that was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyDefect {
    /// It is not in the form that the provider's have.
    Unreadable,
    /// It is of another type than the scheme's.
    OtherType,
}

/// What is wrong with a header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderDefect {
    /// It is empty.
    Empty,
    /// It holds a byte outside visible ASCII and space.
    NotVisibleAscii,
    /// It is an id that holds the character which ends the id in the signed content, so that the
    /// content could be cut in two ways.
    AmbiguousId,
}

/// Why a body has no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureAbsence {
    /// The body is no JSON object, or one that is refused as a payload, too.
    NotObject,
    /// There is no such field, or it is null.
    NoField,
    /// There is no such array, or nothing in it.
    NoItems,
    /// Headers were to be signed, and the signature is in the body.
    NotInHeaders,
}

/// What is wrong with a signature in a body, or with a field that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedFieldDefect {
    /// It is no signature.
    NotSignature {
        /// How signatures are written in this scheme.
        encoding: Encoding,
        /// The length of a signature in bytes; 0 if it is a token, `None` if lengths differ.
        length: Option<usize>,
    },
    /// It says a version of signatures that this scheme does not verify.
    UnknownVersion,
    /// An object names it twice, so that two readers could take two values.
    Repeated,
    /// It is an object or array, which has no text.
    NotScalar,
    /// It holds half of a surrogate pair, which has no bytes.
    LoneSurrogate,
    /// It is an array of more than [`MAX_CANDIDATES`](crate::MAX_CANDIDATES).
    TooManyItems,
}

/// What is wrong with an attempt timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampDefect {
    /// It is not of the scheme's form.
    Form(TimestampFormat),
    /// The signature header has no entry with this label.
    NoEntry {
        /// The header's name in lower case.
        name: Box<str>,
        /// The label of the timestamp.
        label: Box<str>,
    },
    /// The signature header has several entries with this label.
    SeveralEntries {
        /// The header's name in lower case.
        name: Box<str>,
        /// The label of the timestamp.
        label: Box<str>,
    },
    /// The body, whose signature is right, has no timestamp there, or none of the scheme's form.
    Field {
        /// The path of the field.
        path: Box<str>,
        /// How the scheme writes timestamps.
        format: TimestampFormat,
    },
}

/// A part of the signed content that only the caller knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingContext {
    /// The request's method.
    Method,
    /// The request's URL.
    Url,
    /// The message's id, when signing.
    Id,
    /// A private key, when signing.
    PrivateKey,
}

super::codes! { VerificationError
    VerificationError::MissingHeader { .. } => "missing_header",
    VerificationError::MalformedHeader { .. } => "malformed_header",
    VerificationError::ConflictingHeader { .. } => "conflicting_header",
    VerificationError::MalformedTimestamp(_) => "malformed_timestamp",
    VerificationError::MissingSignature { .. } => "missing_signature",
    VerificationError::MalformedSignature { .. }
    | VerificationError::MalformedSignedField {
        defect:
            SignedFieldDefect::NotSignature { .. }
            | SignedFieldDefect::Repeated
            | SignedFieldDefect::NotScalar
            | SignedFieldDefect::LoneSurrogate
            | SignedFieldDefect::TooManyItems,
        ..
    } => "malformed_signature",
    VerificationError::UnsupportedSignature { .. }
    | VerificationError::MalformedSignedField {
        defect: SignedFieldDefect::UnknownVersion,
        ..
    } => "unsupported_signature",
    VerificationError::SignatureMismatch => "signature_mismatch",
    VerificationError::TimestampTooOld { .. } => "timestamp_too_old",
    VerificationError::TimestampTooNew { .. } => "timestamp_too_new",
    VerificationError::KeyNeeded(_) => "key_needed",
    VerificationError::UntrustedKeyUrl => "untrusted_key_url",
    VerificationError::MalformedKey(_) => "malformed_key",
    VerificationError::UntrustedCertificate => "untrusted_certificate",
    VerificationError::ExpiredCertificate => "expired_certificate",
    VerificationError::UnexpectedSender => "unexpected_sender",
    VerificationError::MissingContext(_) => "missing_context",
}

impl fmt::Display for VerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader { name } => write!(
                f,
                "the header {name} is missing; \
                 did a proxy drop it, or is this another scheme's request?"
            ),
            Self::MalformedHeader { name, defect } => {
                let defect = match defect {
                    HeaderDefect::Empty => "is empty",
                    HeaderDefect::NotVisibleAscii => {
                        "holds a character other than visible ASCII and space"
                    }
                    HeaderDefect::AmbiguousId => {
                        "contains the character that ends the id in the signed content"
                    }
                };
                write!(f, "the header {name} {defect}")
            }
            Self::ConflictingHeader { name } => write!(
                f,
                "the header {name} was sent more than once with different values"
            ),
            Self::MalformedTimestamp(TimestampDefect::Form(format)) => {
                write!(f, "the timestamp is not {}", format.phrase())
            }
            Self::MalformedTimestamp(TimestampDefect::NoEntry { name, label }) => {
                write!(f, "the header {name} has no {label}= entry")
            }
            Self::MalformedTimestamp(TimestampDefect::SeveralEntries { name, label }) => {
                write!(f, "the header {name} has more than one {label}= entry")
            }
            Self::MalformedTimestamp(TimestampDefect::Field { path, format }) => {
                let format = format.phrase();
                write!(f, "the body has no timestamp at {path} that is {format}")
            }
            Self::MalformedSignature {
                name,
                length: Some(0),
                ..
            } => write!(f, "the header {name} holds no token"),
            Self::MalformedSignature {
                name,
                encoding,
                prefix,
                length,
            } => {
                let encoding = encoding.phrase();
                write!(f, "the header {name} holds no ")?;
                if let Some(length) = length {
                    write!(f, "{length}-byte ")?;
                }
                write!(f, "signature in canonical {encoding}")?;
                if prefix.is_empty() {
                    return Ok(());
                }
                write!(f, " after {prefix}")
            }
            Self::MissingSignature { path, absence } => match absence {
                SignatureAbsence::NotObject => write!(
                    f,
                    "the body is no JSON object and has no signature at {path}; \
                     was it cut short, or is it of another content type?"
                ),
                SignatureAbsence::NoField => write!(
                    f,
                    "the body has no signature at {path}; is this another scheme's request?"
                ),
                SignatureAbsence::NoItems => write!(
                    f,
                    "the body has nothing at {path} that could be signed; \
                     is this another scheme's request?"
                ),
                SignatureAbsence::NotInHeaders => write!(
                    f,
                    "the scheme's signature is no header but the field {path} of the body; \
                     sign the body"
                ),
            },
            Self::MalformedSignedField { path, defect } => {
                write!(f, "the field {path} of the body")?;
                match defect {
                    SignedFieldDefect::NotSignature {
                        length: Some(0), ..
                    } => f.write_str(" holds no token"),
                    SignedFieldDefect::NotSignature { encoding, length } => {
                        let encoding = encoding.phrase();
                        f.write_str(" holds no ")?;
                        if let Some(length) = length {
                            write!(f, "{length}-byte ")?;
                        }
                        write!(f, "signature in canonical {encoding}")
                    }
                    SignedFieldDefect::UnknownVersion => f.write_str(
                        " says a version of signatures that this scheme does not verify",
                    ),
                    SignedFieldDefect::Repeated => {
                        f.write_str(", which is signed, appears more than once")
                    }
                    SignedFieldDefect::NotScalar => {
                        f.write_str(", which is signed, is an object or array")
                    }
                    SignedFieldDefect::LoneSurrogate => {
                        f.write_str(", which is signed, holds a lone surrogate")
                    }
                    SignedFieldDefect::TooManyItems => {
                        write!(f, " has more than {MAX_CANDIDATES} items")
                    }
                }
            }
            Self::UnsupportedSignature { name, label } => write!(
                f,
                "the header {name} holds no {label} signature, only other versions"
            ),
            Self::SignatureMismatch => f.write_str(
                "no secret fits the signature; is it this endpoint's secret, \
                 and is the body passed as the bytes received?",
            ),
            Self::TimestampTooOld { age, tolerance } => write!(
                f,
                "the timestamp is {age} s old and the tolerance is {tolerance} s; \
                 was the request delayed or replayed, or is this clock ahead?"
            ),
            Self::TimestampTooNew { ahead, tolerance } => write!(
                f,
                "the timestamp is {ahead} s ahead and the tolerance is {tolerance} s; \
                 is this clock behind, or is the timestamp in another unit?"
            ),
            Self::KeyNeeded(needed) => write!(
                f,
                "the signature is by {needed}; fetch it and pass it as the key"
            ),
            Self::UntrustedKeyUrl => f.write_str(
                "the request names a key at a URL that is not the provider's; \
                 it is not fetched",
            ),
            Self::MalformedKey(KeyDefect::Unreadable) => f.write_str(
                "the key that was fetched cannot be read; \
                 was the answer an error page, or cut short?",
            ),
            Self::MalformedKey(KeyDefect::OtherType) => f.write_str(
                "the key that was fetched is not that which the request names, or of another type \
                 than the scheme's",
            ),
            Self::UntrustedCertificate => {
                f.write_str("the certificate that was fetched has none of the provider's names")
            }
            Self::ExpiredCertificate => f.write_str(
                "the certificate that was fetched is not valid now; \
                 is this clock right?",
            ),
            Self::UnexpectedSender => f.write_str(
                "the request is of another account or topic than those given; \
                 is it this endpoint's?",
            ),
            Self::MissingContext(context) => {
                let context = match context {
                    MissingContext::Method => "signs the request's method",
                    MissingContext::Url => "signs the request's URL",
                    MissingContext::PrivateKey => {
                        return f.write_str(
                            "the scheme signs with a private key and only public ones were \
                             given; pass one, of Ed25519 as whsk_",
                        );
                    }
                    MissingContext::Id => "needs the message's id",
                };
                write!(f, "the scheme {context} and none was given; pass it")
            }
        }
    }
}

impl core::error::Error for VerificationError {}
