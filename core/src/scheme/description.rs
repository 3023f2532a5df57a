//! A scheme's description as data: what JSON, Python and JavaScript write.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::{
    Algorithm, AnswerForm, Encoding, Handshake, HeaderNames, KeyForm, PayloadForm, Required,
    Scheme, SchemeBuilder, TimestampFormat, UrlForm,
};
use crate::error::{ConfigurationError, SchemeDefect};
use crate::time::Tolerance;

/// The keys of [`SchemeBuilder`] as text, for configuration files and other languages.
///
/// ```
/// use countersign::{Scheme, scheme::Description};
///
/// let description: Description = serde_json::from_str(r#"{
///     "name": "acme",
///     "headers": {"signature": "x-acme-signature"},
///     "prefix": "sha256="
/// }"#)?;
/// let scheme = Scheme::try_from(&description)?;
/// assert_eq!(scheme.name(), "acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Description {
    /// See [`SchemeBuilder::new`].
    pub name: String,
    /// See [`SchemeBuilder::headers`].
    pub headers: OneOrMany<HeaderSetDescription>,
    /// See [`SchemeBuilder::prefix`].
    pub prefix: String,
    /// See [`SchemeBuilder::separator`].
    pub separator: Option<String>,
    /// See [`SchemeBuilder::timestamp_label`].
    #[serde(alias = "timestampLabel")]
    pub timestamp_label: Option<String>,
    /// See [`SchemeBuilder::timestamp_field`].
    #[serde(alias = "timestampField")]
    pub timestamp_field: Option<String>,
    /// See [`SchemeBuilder::signature_field`].
    #[serde(alias = "signatureField")]
    pub signature_field: Option<String>,
    /// See [`SchemeBuilder::signature_items`].
    #[serde(alias = "signatureItems")]
    pub signature_items: Option<String>,
    /// See [`SchemeBuilder::further_signatures`].
    #[serde(alias = "furtherSignatures")]
    pub further_signatures: OneOrMany<String>,
    /// See [`Algorithm`].
    pub algorithm: Option<String>,
    /// See [`Encoding`].
    pub encoding: Option<String>,
    /// See [`KeyForm`].
    pub key: Option<String>,
    /// See [`SchemeBuilder::secret_prefix`].
    #[serde(alias = "secretPrefix")]
    pub secret_prefix: String,
    /// See [`SchemeBuilder::content`].
    pub content: Option<String>,
    /// See [`UrlForm`].
    #[serde(alias = "urlForm")]
    pub url_form: Option<String>,
    /// See [`SchemeBuilder::body_digest_parameter`].
    #[serde(alias = "bodyDigestParameter")]
    pub body_digest_parameter: Option<String>,
    /// See [`TimestampFormat`].
    #[serde(alias = "timestampFormat")]
    pub timestamp_format: Option<String>,
    /// See [`SchemeBuilder::tolerance`].
    pub tolerance: Option<ToleranceDescription>,
    /// See [`PayloadForm`].
    pub payload: Option<String>,
    /// See [`SchemeBuilder::event_id`].
    #[serde(alias = "eventId")]
    pub event_id: OneOrMany<String>,
    /// See [`SchemeBuilder::event_type`].
    #[serde(alias = "eventType")]
    pub event_type: OneOrMany<String>,
    /// See [`SchemeBuilder::event_time`].
    #[serde(alias = "eventTime")]
    pub event_time: OneOrMany<String>,
    /// See [`SchemeBuilder::dedupe`].
    pub dedupe: Option<OneOrMany<String>>,
    /// See [`SchemeBuilder::event_time`].
    #[serde(alias = "eventTimeFormat")]
    pub event_time_format: Option<String>,
    /// See [`SchemeBuilder::required`].
    pub required: Vec<String>,
    /// See [`SchemeBuilder::data`].
    pub data: Option<String>,
    /// See [`Handshake`].
    pub handshake: Option<String>,
    /// See [`AnswerForm`].
    pub answers: Option<String>,
}

/// See [`HeaderNames`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HeaderSetDescription {
    /// See [`HeaderNames::new`].
    pub signature: String,
    /// See [`HeaderNames::id`].
    pub id: Option<String>,
    /// See [`HeaderNames::timestamp`].
    pub timestamp: Option<String>,
}

/// See [`Tolerance`]. An absent or null side is unchecked.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ToleranceDescription {
    /// Seconds that the timestamp may lie in the past.
    pub past: Option<u64>,
    /// Seconds that the timestamp may lie in the future.
    pub future: Option<u64>,
}

impl From<ToleranceDescription> for Tolerance {
    fn from(description: ToleranceDescription) -> Self {
        Self::from_sides(description.past, description.future)
    }
}

/// One value, or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum OneOrMany<T> {
    // First, because serde reads a list as a structure, too: the empty one as its defaults.
    /// A list.
    Many(Vec<T>),
    /// One value.
    One(T),
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => core::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl TryFrom<&Description> for Scheme {
    type Error = ConfigurationError;

    fn try_from(description: &Description) -> Result<Self, ConfigurationError> {
        let headers: Vec<HeaderNames<'_>> = description
            .headers
            .as_slice()
            .iter()
            .map(|set| HeaderNames {
                signature: &set.signature,
                id: set.id.as_deref(),
                timestamp: set.timestamp.as_deref(),
            })
            .collect();
        let event_id = texts(&description.event_id);
        let event_type = texts(&description.event_type);
        let event_time = texts(&description.event_time);
        let further_signatures = texts(&description.further_signatures);
        let dedupe = description.dedupe.as_ref().map(texts);
        let defaults = SchemeBuilder::new(&description.name);
        // The words come first, in the order of the keys, so that each language reports the same.
        let algorithm = word(&description.algorithm, defaults.algorithm, Algorithm::named)?;
        let encoding = word(&description.encoding, defaults.encoding, Encoding::named)?;
        let key = word(&description.key, defaults.key, KeyForm::named)?;
        let url_form = word(&description.url_form, defaults.url_form, UrlForm::named)?;
        let timestamp_format = word(
            &description.timestamp_format,
            defaults.timestamp_format,
            TimestampFormat::named,
        )?;
        let payload = word(&description.payload, defaults.payload, PayloadForm::named)?;
        let event_time_format = word(
            &description.event_time_format,
            defaults.event_time_format,
            |text| TimestampFormat::named(text).map_err(of_event_time),
        )?;
        let required = description
            .required
            .iter()
            .map(|text| Required::named(text))
            .collect::<Result<Vec<_>, _>>()?;
        let handshake = description.handshake.as_deref();
        let handshake = handshake.map(Handshake::named).transpose()?;
        let answers = word(&description.answers, defaults.answers, AnswerForm::named)?;
        let separator = description.separator.as_deref();
        let space = separator.and_then(before_space);
        let separator = space.or(separator);
        SchemeBuilder {
            headers: &headers,
            prefix: &description.prefix,
            separator: separator.map(one_character),
            space_after_separator: space.is_some(),
            timestamp_label: description.timestamp_label.as_deref(),
            timestamp_field: description.timestamp_field.as_deref(),
            signature_field: description.signature_field.as_deref(),
            signature_items: description.signature_items.as_deref(),
            further_signatures: &further_signatures,
            algorithm,
            encoding,
            key,
            secret_prefix: &description.secret_prefix,
            content: description.content.as_deref().unwrap_or(defaults.content),
            url_form,
            body_digest_parameter: description.body_digest_parameter.as_deref(),
            timestamp_format,
            tolerance: description
                .tolerance
                .map_or(defaults.tolerance, Tolerance::from),
            payload,
            event_id: &event_id,
            event_type: &event_type,
            event_time: &event_time,
            dedupe: dedupe.as_deref(),
            event_time_format,
            required: &required,
            data: description.data.as_deref(),
            handshake,
            answers,
            ..defaults
        }
        .build()
    }
}

fn texts(list: &OneOrMany<String>) -> Vec<&str> {
    list.as_slice().iter().map(String::as_str).collect()
}

fn word<T>(
    text: &Option<String>,
    default: T,
    named: impl FnOnce(&str) -> Result<T, ConfigurationError>,
) -> Result<T, ConfigurationError> {
    text.as_deref().map_or(Ok(default), named)
}

/// The same words under another key.
fn of_event_time(error: ConfigurationError) -> ConfigurationError {
    match error {
        ConfigurationError::MalformedScheme(SchemeDefect::Word { words, .. }) => {
            ConfigurationError::MalformedScheme(SchemeDefect::Word {
                key: "event_time_format",
                words,
            })
        }
        other => other,
    }
}

/// What a separator with a space after it is without that.
fn before_space(separator: &str) -> Option<&str> {
    separator.strip_suffix(' ').filter(|rest| !rest.is_empty())
}

/// A text of any other length becomes a character that no scheme may have.
fn one_character(text: &str) -> char {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => character,
        _ => char::REPLACEMENT_CHARACTER,
    }
}
