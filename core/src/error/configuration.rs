use core::fmt;

/// The program gave a secret, a scheme or a body wrongly. Never caused by a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The secret has no bytes.
    EmptySecret,
    /// The secret is not of the form that the scheme's keys have.
    MalformedSecret(SecretDefect),
    /// The scheme has an algorithm that this build leaves out.
    AsymmetricLeftOut,
    /// A webhook was made without a secret.
    NoSecrets,
    /// No registered scheme has this name.
    UnknownScheme,
    /// A scheme's description contradicts itself or leaves something out.
    MalformedScheme(SchemeDefect),
    /// The body is not the bytes that were received.
    UnsupportedBody(UnsupportedBody),
    /// A network is not an address or a range in CIDR notation.
    MalformedNetwork,
    /// A rate limit leaves no request or no time.
    MalformedLimit,
    /// A handler's pattern of event types is none.
    MalformedPattern(PatternDefect),
    /// A handler was registered for a pattern that has one.
    DuplicateHandler,
    /// A schema for the payloads of a type cannot be used.
    MalformedSchema,
}

/// What is wrong with a pattern of event types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternDefect {
    /// It is empty or longer than 256 bytes.
    Length,
    /// It has a `*` where none may be.
    Star,
}

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretDefect {
    /// It is longer than [`MAX_SECRET_LENGTH`](crate::MAX_SECRET_LENGTH).
    TooLong,
    /// It begins or ends with whitespace.
    Whitespace,
    /// It is not canonical standard base64.
    NotBase64,
    /// It is not hexadecimal.
    NotHex,
    /// It is a token, which a header carries, and not of visible ASCII characters.
    NotVisible,
    /// It is no public key in any of the forms that are read.
    NotPublicKey,
    /// It is a public key of another type than the scheme has.
    OtherKeyType,
    /// It is a key that encrypts, and has not 32 bytes.
    KeyLength,
}

/// What is wrong with a scheme's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeDefect {
    /// A word stands where one of a fixed set is wanted.
    Word {
        /// The key of the description.
        key: &'static str,
        /// The words it takes, joined by commas.
        words: &'static str,
    },
    /// A rule of the description is broken; the text says which.
    Rule(&'static str),
}

/// Why a body cannot be verified as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsupportedBody {
    /// It was parsed by the framework already.
    Parsed,
    /// It is text that has no UTF-8 form.
    LoneSurrogate,
}

super::codes! { ConfigurationError
    ConfigurationError::EmptySecret => "empty_secret",
    ConfigurationError::MalformedSecret(_) => "malformed_secret",
    ConfigurationError::AsymmetricLeftOut => "asymmetric_left_out",
    ConfigurationError::NoSecrets => "no_secrets",
    ConfigurationError::UnknownScheme => "unknown_scheme",
    ConfigurationError::MalformedScheme(_) => "malformed_scheme",
    ConfigurationError::UnsupportedBody(_) => "unsupported_body",
    ConfigurationError::MalformedNetwork => "malformed_network",
    ConfigurationError::MalformedLimit => "malformed_limit",
    ConfigurationError::MalformedPattern(_) => "malformed_pattern",
    ConfigurationError::DuplicateHandler => "duplicate_handler",
    ConfigurationError::MalformedSchema => "malformed_schema",
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySecret => {
                f.write_str("the secret is empty; is the setting that holds it set?")
            }
            Self::MalformedSecret(defect) => f.write_str(match defect {
                SecretDefect::TooLong => {
                    "the secret is longer than 4096 bytes; was a whole file passed in its place?"
                }
                SecretDefect::Whitespace => {
                    "the secret begins or ends with whitespace; \
                     was it copied or read with its line break?"
                }
                SecretDefect::NotBase64 => {
                    "the secret is not canonical standard base64; \
                     was it cut short, or is it another scheme's secret?"
                }
                SecretDefect::NotHex => {
                    "the secret is not an even number of hexadecimal digits; \
                     was it cut short, or is it another scheme's secret?"
                }
                SecretDefect::NotVisible => {
                    "the secret is a token and holds a character that no header carries"
                }
                SecretDefect::NotPublicKey => {
                    "the secret is not a public key as PEM, as a JWK, as base64 of its DER, \
                     or of Ed25519 as its 32 bytes; was it cut short?"
                }
                SecretDefect::OtherKeyType => {
                    "the public key is of another type than the scheme's; \
                     is it another provider's key, or shorter than 2048 bits?"
                }
                SecretDefect::KeyLength => "a key that encrypts secrets has 32 bytes",
            }),
            Self::AsymmetricLeftOut => f.write_str(
                "the scheme verifies with public keys, which this build leaves out; \
                 import from countersign/asymmetric in JavaScript, \
                 or enable the feature asymmetric in Rust",
            ),
            Self::NoSecrets => f.write_str("no secret was given; at least one is needed"),
            Self::UnknownScheme => f.write_str(
                "no scheme is registered under this name; \
                 names are lower-case, such as standard, stripe or github",
            ),
            Self::MalformedScheme(SchemeDefect::Word { key, words }) => {
                write!(f, "the scheme is malformed: {key} is not one of {words}")
            }
            Self::MalformedScheme(SchemeDefect::Rule(rule)) => {
                write!(f, "the scheme is malformed: {rule}")
            }
            Self::UnsupportedBody(UnsupportedBody::Parsed) => f.write_str(
                "the body is already parsed, and its bytes are what was signed; pass the raw \
                 body: request.get_data() in Flask, await request.body() in FastAPI, \
                 request.body in Django, express.raw({ type: \"*/*\" }) in Express, \
                 await request.arrayBuffer() with fetch",
            ),
            Self::UnsupportedBody(UnsupportedBody::LoneSurrogate) => f.write_str(
                "the body is text with a lone surrogate, which has no UTF-8 form; \
                 pass the raw bytes",
            ),
            Self::MalformedNetwork => f.write_str(
                "a network is not an IP address or a CIDR range without host bits, \
                 such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32",
            ),
            Self::MalformedLimit => {
                f.write_str("a rate limit is at least 1 request in a window of 1 ms to 31 days")
            }
            Self::MalformedPattern(defect) => f.write_str(match defect {
                PatternDefect::Length => "a pattern of event types is 1 to 256 bytes long",
                PatternDefect::Star => {
                    "a pattern of event types has * alone, or at its end after a dot, slash or \
                     colon, such as payment.*"
                }
            }),
            Self::DuplicateHandler => {
                f.write_str("this pattern of event types has a handler already")
            }
            Self::MalformedSchema => f.write_str(
                "a payload schema is not valid JSON Schema 2020-12, or refers to a schema \
                 that is not inside of it",
            ),
        }
    }
}

impl core::error::Error for ConfigurationError {}
