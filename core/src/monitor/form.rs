//! The forms of the status page.

use alloc::string::String;

use super::page::BODY_LIMIT;

const MOST_FIELDS: usize = 8;

/// The fields that a form of ours may have. A field without a value is one that is not there, and
/// of several the last counts.
#[derive(Default)]
pub(super) struct Form {
    pub(super) token: String,
    pub(super) csrf: String,
    pub(super) number: String,
}

impl Form {
    /// The form that a body is; `None` if it is none, or has too many fields.
    pub(super) fn parse(content_type: &[u8], body: &[u8]) -> Option<Self> {
        let kind = content_type.split(|byte| *byte == b';').next()?;
        if !kind
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
            || body.len() > BODY_LIMIT
            || body.split(|byte| *byte == b'&').count() > MOST_FIELDS
        {
            return None;
        }
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "token" => &mut form.token,
                "csrf" => &mut form.csrf,
                "number" => &mut form.number,
                _ => continue,
            };
            if !value.is_empty() {
                *field = value.into_owned();
            }
        }
        Some(form)
    }
}
