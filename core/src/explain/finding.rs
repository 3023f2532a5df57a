//! What was found: a code, how sure it is, facts, and what to do.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Declares the codes with what to do about each.
macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal, $suggestion:literal;)+) => {
        /// What is wrong with a refused request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[$doc])+ $variant,)+
        }

        impl FindingCode {
            /// The stable code, the same in every language.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            const fn suggestion(self) -> &'static str {
                match self {
                    $(Self::$variant => $suggestion,)+
                }
            }
        }
    };
}

codes! {
    /// The scheme signs something that the call did not pass: `part` (`url` or `method`).
    ContextMissing = "context_missing",
        "This scheme signs more than the body. Pass the URL that the sender called, or the method, \
         together with the request.";
    /// The key that the signature was made with is not at hand.
    KeyNeeded = "key_needed",
        "The public key has to be fetched first. Fetch it from the URL, or by the id, that the \
         error has, keep it, and pass it as the key together with the request.";
    /// The request names another sender than those that the webhook was made with.
    UnexpectedSender = "unexpected_sender",
        "The request is of another sender than those that the webhook was made with. Compare their \
         ids, to the character, and the address that the sender calls.";
    /// A `header` came under another name, `found`; `how` says what changed it: `underscores`,
    /// `prefix`, `x_prefix` or `spelling`.
    HeaderRenamed = "header_renamed",
        "Something between the sender and here renames this header. Pass the headers as the server \
         received them, or have the proxy forward it under its own name.";
    /// A `header` is absent.
    HeaderDropped = "header_dropped",
        "The request has no such header, nor one that resembles it. Is it forwarded by the proxy, \
         is a secret set at the sender so that it signs at all, and is this the sender's scheme?";
    /// A `header` came with several values; `instance`, counted from 0, is the one that fits.
    HeaderRepeated = "header_repeated",
        "Something adds this header a second time with another value. Remove what is added, or \
         forward the header as the sender wrote it.";
    /// The headers are those of another `scheme`; `secret`, counted from 0, fits under it.
    OtherScheme = "other_scheme",
        "This request fits another scheme than the webhook's. Make the webhook with that scheme, \
         or correct the address that the sender calls.";
    /// A signature of another version, algorithm or length: `expected`, `found`.
    SignatureVersion = "signature_version",
        "The header has a signature of another version or algorithm than this scheme verifies. \
         Have the sender use this one, or choose the scheme that fits.";
    /// A signature of the right length that is written otherwise: `expected`, `found`, and `prefix`
    /// if it is `missing` or `unexpected`.
    SignatureEncoding = "signature_encoding",
        "The signature is written in another form than this scheme has. Correct what writes or \
         changes the header, or describe a scheme with that encoding and prefix.";
    /// The timestamp is not in its `expected` form but in another: `found`.
    TimestampForm = "timestamp_form",
        "The timestamp is written in another form than this scheme has. Is this the sender's \
         scheme, and does nothing rewrite the header?";
    /// The timestamp is in another unit: `expected`, `found`.
    TimestampUnit = "timestamp_unit",
        "The timestamp is in another unit than this scheme has. Correct the sender, or describe a \
         scheme with that timestamp format.";
    /// The receiver's clock is given in another unit than seconds: `found`.
    ClockUnit = "clock_unit",
        "The time that was passed as now is in another unit. Pass Unix seconds, or pass nothing \
         and the clock of this host is used.";
    /// The signature is right and the timestamp too far from now: `seconds`, `tolerance`,
    /// `direction` (`past` or `future`).
    ClockSkew = "clock_skew",
        "The signature is right; only the time is not. Is this a recorded or delayed request, or \
         is a clock wrong? Compare both clocks with a time server, and for recorded requests pass \
         the time of the recording as now.";
    /// The distance is that of a time zone: whole `hours`, `direction`.
    TimeZone = "time_zone",
        "The distance is a whole number of hours, as when a local time is taken for UTC. Make the \
         timestamp, and now, from UTC.";
    /// The sender uses another form of a `secret`, counted from 0; `form` says which.
    SecretForm = "secret_form",
        "The secret is the right one in another form. Pass it as the provider shows it, to the \
         character, or as bytes in the form that is named here.";
    /// The body is empty.
    BodyEmpty = "body_empty",
        "The body is empty, and what was signed most likely was not. Something read it before: \
         take the raw body first, ahead of every parser and middleware that consumes it.";
    /// The body has an end of line too many or too few: `change` (`added` or `lost`), `newline`
    /// (`lf` or `crlf`).
    TrailingNewline = "trailing_newline",
        "The signature fits the body but for the end of its last line. Pass the body as it came; \
         for recorded bodies, see that the editor or the shell adds no line break.";
    /// A byte order mark was `added` or `lost`: `change`.
    ByteOrderMark = "byte_order_mark",
        "The signature fits the body but for the byte order mark at its start. Pass the body as \
         it came, as bytes, not as text that was read from a file.";
    /// The ends of lines were changed; `signed` says what they were: `lf` or `crlf`.
    LineEndings = "line_endings",
        "The signature fits the body with other ends of lines. Pass the body as it came; for \
         recorded bodies, see that neither git nor the editor converts them.";
    /// The body is base64 of what was signed.
    BodyIsBase64 = "body_is_base64",
        "The body is base64 of what was signed, as gateways of functions pass it. Decode it first \
         (AWS says isBase64Encoded) and pass the bytes.";
    /// The body is a JSON string that holds what was signed.
    BodyIsJsonString = "body_is_json_string",
        "The body is a JSON string of what was signed: a text was written as JSON once more. Pass \
         the text itself.";
    /// The body went through another character encoding; `fault` says how: `decoded_as_latin_1` or
    /// `encoded_as_latin_1`.
    BodyRecoded = "body_recoded",
        "The body was decoded to text and encoded again in another character encoding. Pass the \
         bytes that came, without decoding them.";
    /// The body holds replacement characters, as what was decoded does: how many, `count`.
    BodyDecoded = "body_decoded",
        "The body holds the character U+FFFD, which stands where a decoder met bytes that are no \
         text. Pass the bytes that came, without decoding them.";
    /// The body is JSON that was parsed and written again: `layout`, `escapes` of what was signed.
    BodyReserialised = "body_reserialised",
        "The body was parsed as JSON and written again in another layout; what was signed is the \
         text as it came. Take the raw body before any parser: request.get_data() in Flask, await \
         request.body() in FastAPI, request.body in Django, express.raw({ type: \"*/*\" }) in Express, await \
         request.text() with fetch.";
    /// The body is a form that was decoded and written again; `signed` says how it was: `form` if it
    /// is JSON now.
    FormRewritten = "form_rewritten",
        "The form was parsed and written again with other escapes or in another order. Take the \
         raw body before any parser.";
    /// The URL is not the one that was signed: what of it was signed as `scheme`, `port`, `host`,
    /// `path` or `query`.
    UrlDiffers = "url_differs",
        "The sender signed another URL than the one passed here, as behind a proxy. Pass the URL \
         that is registered at the provider: https, the public host, its port or none, path and \
         query to the character.";
    /// The URL lacks the `parameter` that has the digest of the body.
    UrlQueryLost = "url_query_lost",
        "The sender adds this parameter to the URL that it calls and signs, and the URL passed \
         here lacks it. Pass the URL with its query as it was called.";
    /// The method is not the one that was signed: `signed`.
    MethodDiffers = "method_differs",
        "The sender signed another method than the one passed here. Pass the method of the request \
         as it came, in upper case.";
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certainty {
    /// The signature fits once this is undone, or the fault is plain.
    Proven,
    /// It looks like this.
    Likely,
}

impl Certainty {
    /// `proven` or `likely`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Likely => "likely",
        }
    }
}

/// A fact: a number, or a word or a name of a header in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// A number.
    Number(u64),
    /// A word.
    Text(Cow<'static, str>),
}

impl From<u64> for Evidence {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Evidence {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<&'static str> for Evidence {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// Of a text that is not the program's own.
pub(super) fn named(text: &str) -> Evidence {
    Evidence::Text(Cow::Owned(text.into()))
}

/// The facts of a finding, by name.
pub(super) type Facts = Vec<(&'static str, Evidence)>;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    code: FindingCode,
    certainty: Certainty,
    evidence: Facts,
}

impl Finding {
    pub(super) fn new(code: FindingCode, certainty: Certainty, evidence: impl Into<Facts>) -> Self {
        Self {
            code,
            certainty,
            evidence: evidence.into(),
        }
    }

    /// What it is.
    pub fn code(&self) -> FindingCode {
        self.code
    }

    /// How sure it is.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    pub(super) fn is_proven(&self) -> bool {
        self.certainty == Certainty::Proven
    }

    /// Its facts by name; see [`FindingCode`] for those of each.
    pub fn evidence(&self) -> &[(&'static str, Evidence)] {
        &self.evidence
    }

    /// What to do about it.
    pub fn suggestion(&self) -> &'static str {
        self.code.suggestion()
    }
}
