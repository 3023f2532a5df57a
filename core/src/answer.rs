//! What a receiver answers, to the byte.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::time::Duration;

use crate::error::Error;
use crate::scheme::AnswerForm;

/// An HTTP answer: its status, headers (names in lower case) and body.
///
/// ```
/// use countersign::{Answer, GuardError, Handling};
///
/// let answer = Answer::event(Handling::Handled, Some("evt_1"), Some("invoice.paid"));
/// assert_eq!(answer.status(), 200);
/// assert_eq!(answer.body(), r#"{"status":"handled","id":"evt_1","type":"invoice.paid"}"#);
///
/// let refused = Answer::error(&GuardError::AddressNotAllowed.into(), "POST");
/// assert_eq!(refused.status(), 403);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// What became of an authentic event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handling {
    /// Its handler took it: 200.
    Handled,
    /// There is no handler for its type: 200.
    Ignored,
    /// It was handled before: 200.
    Duplicate,
    /// It is in a durable store, and will be handled: 200.
    Accepted,
    /// The same, and its handler is still at work: 202.
    Pending,
}

impl Handling {
    const ALL: [Self; 5] = [
        Self::Handled,
        Self::Ignored,
        Self::Duplicate,
        Self::Accepted,
        Self::Pending,
    ];

    /// The word for it in answers, the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Ignored => "ignored",
            Self::Duplicate => "duplicate",
            Self::Accepted => "accepted",
            Self::Pending => "pending",
        }
    }

    /// The one with this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl Answer {
    /// The answer for an authentic event.
    pub fn event(handling: Handling, id: Option<&str>, event_type: Option<&str>) -> Self {
        let mut body = String::from("{\"status\":");
        push_json(&mut body, Some(handling.as_str()));
        body.push_str(",\"id\":");
        push_json(&mut body, id);
        body.push_str(",\"type\":");
        push_json(&mut body, event_type);
        body.push('}');
        let status = if handling == Handling::Pending {
            202
        } else {
            200
        };
        Self::new(status, "application/json", body)
    }

    /// The answer for a request that is not taken. `allowed_methods` is what
    /// [`Webhook::allowed_methods`](crate::Webhook::allowed_methods) says.
    pub fn error(error: &Error, allowed_methods: &str) -> Self {
        let retry_after = match error {
            Error::Guard(error) => error.retry_after(),
            _ => None,
        };
        Self::refusal(
            error.code(),
            &error.to_string(),
            retry_after,
            allowed_methods,
        )
    }

    /// [`error`](Self::error) by the error's code and message, for hosts that have those alone.
    pub fn refusal(
        code: &str,
        message: &str,
        retry_after: Option<Duration>,
        allowed_methods: &str,
    ) -> Self {
        let mut body = String::from("{\"error\":");
        push_json(&mut body, Some(code));
        body.push_str(",\"message\":");
        push_json(&mut body, Some(message));
        body.push('}');
        let status = status(code);
        let mut answer = Self::new(status, "application/json", body);
        if status == 405 {
            answer.headers.push(("allow", allowed_methods.into()));
        }
        if let Some(wait) = retry_after {
            let begun = u64::from(wait.subsec_nanos() > 0);
            let seconds = wait.as_secs().saturating_add(begun);
            answer.headers.push(("retry-after", seconds.to_string()));
        }
        answer
    }

    /// The same answer in the form that the provider wants: what
    /// [`Webhook::answer_form`](crate::Webhook::answer_form) says. Answers to handshakes have it.
    ///
    /// ```
    /// use countersign::{Answer, AnswerForm, VerificationError};
    ///
    /// let refused = Answer::error(&VerificationError::SignatureMismatch.into(), "POST");
    /// let empty = refused.in_form(AnswerForm::Empty);
    /// assert_eq!((empty.status(), empty.body()), (401, ""));
    /// ```
    pub fn in_form(mut self, form: AnswerForm) -> Self {
        match form {
            AnswerForm::Described => {}
            AnswerForm::Empty => {
                self.body.clear();
                self.headers[0].1 = PLAIN_TEXT.into();
            }
            AnswerForm::Described400 if self.status == 401 => self.status = 400,
            AnswerForm::Described400 => {}
        }
        self
    }

    /// An answer to a handshake that wants a text back.
    pub(crate) fn text(text: &str) -> Self {
        Self::new(200, PLAIN_TEXT, text.into())
    }

    /// An answer without a body. It has a type all the same, since some providers look for one.
    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, PLAIN_TEXT, String::new())
    }

    /// An object of these strings, which are visible ASCII.
    #[inline(never)]
    pub(crate) fn json(members: &[(&str, &str)]) -> Self {
        let mut body = String::new();
        for (name, value) in members {
            body.push(if body.is_empty() { '{' } else { ',' });
            body.push('"');
            body.push_str(name);
            body.push_str("\":\"");
            for byte in value.bytes() {
                if matches!(byte, b'"' | b'\\') {
                    body.push('\\');
                }
                body.push(char::from(byte));
            }
            body.push('"');
        }
        body.push('}');
        Self::new(200, "application/json", body)
    }

    /// The answer to a ping of Discord.
    pub(crate) fn ping() -> Self {
        Self::new(200, "application/json", "{\"type\":1}".into())
    }

    /// With one more header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers, names in lower case.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The body: JSON in ASCII, or the text of a challenge.
    pub fn body(&self) -> &str {
        &self.body
    }

    #[inline(never)]
    fn new(status: u16, content_type: &str, body: String) -> Self {
        let headers = [
            ("content-type", content_type),
            // Answers are for the one who asked, and no browser is to make a page of them.
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ];
        Self {
            status,
            headers: headers.map(|(name, value)| (name, value.into())).into(),
            body,
        }
    }
}

/// What is sent back may be a secret.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.iter().map(|(name, _)| *name);
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &names.collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}

/// The status that answers an error with this code.
pub(crate) fn status(code: &str) -> u16 {
    match code {
        "payload_too_large" => 413,
        "method_not_allowed" => 405,
        "unsupported_media_type" => 415,
        "address_not_allowed" | "handshake_refused" => 403,
        "rate_limited" => 429,
        "body_timeout" => 408,
        "incomplete_body" | "malformed_handshake" => 400,
        "duplicate_event" => 200,
        "event_in_progress" => 409,
        "store_unavailable" | "key_unavailable" | "key_needed" => 503,
        _ => match Error::codes().find(|(known, _)| *known == code) {
            Some((_, "VerificationError")) => 401,
            Some((_, "PayloadError")) => 400,
            _ => 500,
        },
    }
}

/// Appends a JSON string in ASCII, or null.
pub(crate) fn push_json(json: &mut String, text: Option<&str>) {
    let Some(text) = text else {
        json.push_str("null");
        return;
    };
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            ' '..='~' => json.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
}
