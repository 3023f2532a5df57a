use alloc::boxed::Box;
use core::fmt;

use crate::scheme::TimestampFormat;

/// The request is authentic and its payload is not what the scheme describes. Caused by the
/// sender, or by a scheme that does not fit it. Answer 400 (413 for [`Self::TooLarge`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PayloadError {
    /// The bytes are not UTF-8.
    NotUtf8 {
        /// How many bytes before it are.
        valid_up_to: usize,
    },
    /// The text is not JSON.
    NotJson(JsonDefect),
    /// The text is JSON and its top is no object.
    NotObject,
    /// Arrays and objects nest deeper than [`MAX_DEPTH`](crate::event::MAX_DEPTH).
    TooDeep,
    /// The body is larger than the receiver takes.
    TooLarge {
        /// What it takes, in bytes.
        limit: usize,
    },
    /// A field or header that every event of the scheme has is absent.
    MissingField {
        /// The field's path, or the header's name.
        name: Box<str>,
        /// Whether it is a header.
        header: bool,
    },
    /// A field or header of the event is not what the scheme says.
    MalformedField {
        /// The field's path, or the header's name.
        name: Box<str>,
        /// Whether it is a header.
        header: bool,
        /// What is wrong with it.
        defect: FieldDefect,
    },
    /// The payload does not satisfy the receiver's schema.
    SchemaMismatch,
}

/// Why a text is not JSON as RFC 8259 has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonDefect {
    /// There is nothing but whitespace.
    Empty,
    /// It begins with U+FEFF.
    ByteOrderMark,
    /// A number is longer than [`MAX_NUMBER_LENGTH`](crate::event::MAX_NUMBER_LENGTH).
    LongNumber,
    /// It breaks the grammar.
    Syntax,
    /// It is neither JSON nor `application/x-www-form-urlencoded`.
    NorForm,
}

/// What is wrong with a field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldDefect {
    /// Its object names it several times.
    Repeated,
    /// It is not a string.
    NotString,
    /// It is neither a string nor an integer.
    NotStringOrInteger,
    /// It is the empty string.
    Empty,
    /// It is a string with half of a surrogate pair.
    LoneSurrogate,
    /// It is nothing that may be sent back to a provider.
    NotChallenge,
    /// It is no URL at which Amazon SNS confirms subscriptions.
    NotConfirmationUrl,
    /// It is not a time of the scheme's form.
    NotTime(TimestampFormat),
}

super::codes! { PayloadError
    PayloadError::NotUtf8 { .. } => "payload_not_utf8",
    PayloadError::NotJson(_) => "payload_not_json",
    PayloadError::NotObject => "payload_not_object",
    PayloadError::TooDeep => "payload_too_deep",
    PayloadError::TooLarge { .. } => "payload_too_large",
    PayloadError::MissingField { .. } => "missing_field",
    PayloadError::MalformedField { .. } => "malformed_field",
    PayloadError::SchemaMismatch => "schema_mismatch",
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { valid_up_to } => write!(
                f,
                "the payload is not UTF-8: byte {valid_up_to} begins no character"
            ),
            Self::NotJson(defect) => f.write_str(match defect {
                JsonDefect::Empty => "the payload is empty",
                JsonDefect::ByteOrderMark => {
                    "the payload begins with a byte order mark, which JSON does not allow"
                }
                JsonDefect::LongNumber => "the payload holds a number of more than 640 characters",
                JsonDefect::Syntax => {
                    "the payload is not JSON; \
                     was the body cut short, or is it of another content type?"
                }
                JsonDefect::NorForm => "the payload is neither JSON nor a form",
            }),
            Self::NotObject => f.write_str("the payload is JSON but not an object"),
            Self::TooDeep => f.write_str("the payload nests deeper than 128 levels"),
            Self::TooLarge { limit } => {
                write!(f, "the payload is larger than {limit} bytes")
            }
            Self::MissingField { name, header } => match header {
                true => write!(f, "the request has no header {name}"),
                false => write!(f, "the payload has no {name}"),
            },
            Self::MalformedField {
                name,
                header,
                defect,
            } => {
                let kind = if *header { "header" } else { "field" };
                write!(f, "the {kind} {name} ")?;
                match defect {
                    FieldDefect::Repeated => f.write_str("appears more than once"),
                    FieldDefect::NotString => f.write_str("is not a string"),
                    FieldDefect::NotStringOrInteger => f.write_str("is not a string or integer"),
                    FieldDefect::Empty => f.write_str("is empty"),
                    FieldDefect::LoneSurrogate => f.write_str("holds a lone surrogate"),
                    FieldDefect::NotChallenge => {
                        f.write_str("is not 1 to 1024 visible ASCII characters")
                    }
                    FieldDefect::NotConfirmationUrl => {
                        f.write_str("is not an HTTPS URL of Amazon SNS")
                    }
                    FieldDefect::NotTime(format) => write!(f, "is not {}", format.phrase()),
                }
            }
            Self::SchemaMismatch => f.write_str("the payload does not satisfy its schema"),
        }
    }
}

impl core::error::Error for PayloadError {}
