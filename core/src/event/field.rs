//! Turns what was located into the id, type, time and data of an event.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::json;
use crate::error::{FieldDefect, PayloadError};
use crate::scheme::{Definition, Source, TimestampFormat};
use crate::time::UnixTime;

/// A field of the payload, as it was found.
#[derive(Clone, Default)]
pub(super) struct Field<'a> {
    pub(super) value: Option<Value<'a>>,
    /// At which name of its path an object names it twice, the outermost.
    pub(super) repeated_at: Option<usize>,
}

impl<'a> Field<'a> {
    pub(super) fn is_string(&self) -> bool {
        matches!(self.value, Some(Value::Json(json)) if json.starts_with('"'))
    }

    /// Its JSON, if it is in some.
    #[cfg(feature = "asymmetric")]
    pub(super) fn json(&self) -> Option<&'a str> {
        match self.value {
            Some(Value::Json(json)) => Some(json),
            _ => None,
        }
    }

    /// Its text: of a string its characters, of another value what is written; `None` if it is named
    /// twice.
    pub(super) fn once(&self) -> Option<Cow<'a, str>> {
        match (&self.value, self.repeated_at) {
            (Some(Value::Json(json)), None) if json.starts_with('"') => json::unescape(json),
            (Some(Value::Json(json)), None) => Some(Cow::Borrowed(json)),
            _ => None,
        }
    }
}

/// What a source gave.
#[derive(Clone)]
pub(super) enum Value<'a> {
    /// The text of a JSON value whose grammar was checked.
    Json(&'a str),
    /// A header, or the decoded field of a form.
    Text(Cow<'a, str>),
}

pub(super) struct Resolver<'a, F> {
    pub(super) definition: &'a Definition,
    /// One for each path of the definition.
    pub(super) fields: Vec<Field<'a>>,
    pub(super) header: F,
}

impl<'a, F: Fn(Source) -> Option<&'a str>> Resolver<'a, F> {
    pub(super) fn id(&self) -> Result<Option<Cow<'a, str>>, PayloadError> {
        let sources = &self.definition.event_id;
        let id = self.identity(sources)?;
        self.check_required(id.is_some(), self.definition.id_required, sources)?;
        Ok(id)
    }

    pub(super) fn dedupe(&self) -> Result<Option<Cow<'a, str>>, PayloadError> {
        self.identity(&self.definition.dedupe)
    }

    pub(super) fn event_type(&self) -> Result<Option<Cow<'a, str>>, PayloadError> {
        let sources = &self.definition.event_type;
        let event_type = self.first(sources).and_then(|found| {
            let read = |(source, value)| {
                text(value, FieldDefect::NotString)
                    .and_then(not_empty)
                    .map_err(|defect| self.malformed(source, defect))
            };
            found.map(read).transpose()
        });
        let event_type = self.unless_free(event_type)?;
        let required = self.definition.type_required;
        self.check_required(event_type.is_some(), required, sources)?;
        Ok(event_type)
    }

    pub(super) fn timestamp(&self) -> Result<Option<UnixTime>, PayloadError> {
        self.unless_free(self.time())
    }

    /// Where customers write the payload, a field that is malformed is none of the provider's.
    fn unless_free<T>(
        &self,
        found: Result<Option<T>, PayloadError>,
    ) -> Result<Option<T>, PayloadError> {
        match found {
            Err(PayloadError::MalformedField { .. }) if self.definition.free_fields => Ok(None),
            found => found,
        }
    }

    fn time(&self) -> Result<Option<UnixTime>, PayloadError> {
        let format = self.definition.event_time_format;
        let Some((source, value)) = self.first(&self.definition.event_time)? else {
            return Ok(None);
        };
        let written = match (value, format) {
            (Value::Json(number), TimestampFormat::Seconds | TimestampFormat::Milliseconds) => {
                Some(Cow::Borrowed(number))
            }
            (Value::Json(number), TimestampFormat::SecondsOrRfc3339)
                if !number.starts_with('"') =>
            {
                Some(Cow::Borrowed(number))
            }
            (value, _) => text(value, FieldDefect::NotTime(format)).ok(),
        };
        match written.and_then(|written| format.parse(written.as_bytes())) {
            Some(time) => Ok(Some(time)),
            None => Err(self.malformed(source, FieldDefect::NotTime(format))),
        }
    }

    /// The JSON text at a path, if there is one and it is not null.
    pub(super) fn json(&self, path: usize) -> Result<Option<&'a str>, PayloadError> {
        self.check_repeated(path)?;
        Ok(match self.fields[path].value {
            Some(Value::Json(json)) if json != "null" => Some(json),
            _ => None,
        })
    }

    /// The string at a source that must be there and pass the test.
    pub(super) fn string(
        &self,
        source: Source,
        passes: fn(&str) -> bool,
        otherwise: FieldDefect,
    ) -> Result<Cow<'a, str>, PayloadError> {
        let found = self.first(&[source])?;
        self.check_required(found.is_some(), true, &[source])?;
        let value = found.map_or(Value::Text("".into()), |(_, value)| value);
        text(value, FieldDefect::NotString)
            .and_then(|text| match passes(&text) {
                true => Ok(text),
                false => Err(otherwise),
            })
            .map_err(|defect| self.malformed(source, defect))
    }

    fn identity(&self, sources: &[Source]) -> Result<Option<Cow<'a, str>>, PayloadError> {
        let Some((source, value)) = self.first(sources)? else {
            return Ok(None);
        };
        let identity = match value {
            Value::Json(json) if is_integer(json) => Ok(Cow::Borrowed(json)),
            value => text(value, FieldDefect::NotStringOrInteger).and_then(not_empty),
        };
        identity
            .map(Some)
            .map_err(|defect| self.malformed(source, defect))
    }

    /// The first source that is there and not null.
    pub(super) fn first(
        &self,
        sources: &[Source],
    ) -> Result<Option<(Source, Value<'a>)>, PayloadError> {
        for &source in sources {
            let value = match source {
                Source::Body(path) => {
                    self.check_repeated(path)?;
                    self.fields[path].value.clone()
                }
                Source::Id | Source::Header(_) => {
                    (self.header)(source).map(|text| Value::Text(text.into()))
                }
                Source::Joined(paths) => self
                    .joined(&self.definition.joined[paths])?
                    .map(|text| Value::Text(text.into())),
            };
            match value {
                None | Some(Value::Json("null")) => {}
                Some(value) => return Ok(Some((source, value))),
            }
        }
        Ok(None)
    }

    /// The identities at all of these paths; nothing if one is not there.
    fn joined(&self, paths: &[usize]) -> Result<Option<String>, PayloadError> {
        let mut joined = String::new();
        for (index, path) in paths.iter().enumerate() {
            let Some(identity) = self.identity(&[Source::Body(*path)])? else {
                return Ok(None);
            };
            joined.push_str(if index > 0 { ":" } else { "" });
            joined.push_str(&identity);
        }
        Ok(Some(joined))
    }

    fn check_repeated(&self, path: usize) -> Result<(), PayloadError> {
        let Some(depth) = self.fields[path].repeated_at else {
            return Ok(());
        };
        Err(PayloadError::MalformedField {
            name: self.definition.paths[path].up_to(depth).into(),
            header: false,
            defect: FieldDefect::Repeated,
        })
    }

    fn check_required(
        &self,
        present: bool,
        required: bool,
        sources: &[Source],
    ) -> Result<(), PayloadError> {
        if present || !required {
            return Ok(());
        }
        let of_body = |source: &&Source| matches!(source, Source::Body(_) | Source::Joined(_));
        let source = sources.iter().find(of_body).or(sources.first());
        let (name, header) = source.map_or(("", true), |source| self.name(*source));
        Err(PayloadError::MissingField {
            name: name.into(),
            header,
        })
    }

    fn malformed(&self, source: Source, defect: FieldDefect) -> PayloadError {
        let (name, header) = self.name(source);
        PayloadError::MalformedField {
            name: name.into(),
            header,
            defect,
        }
    }

    fn header_name(&self, index: usize) -> &str {
        self.definition.header_name(index).as_str()
    }

    /// The name of a source, and whether it is a header.
    fn name(&self, source: Source) -> (&str, bool) {
        match source {
            Source::Body(path) => (&self.definition.paths[path].text, false),
            Source::Joined(paths) => self.name(Source::Body(self.definition.joined[paths][0])),
            Source::Header(index) => (self.header_name(self.definition.event_headers[index]), true),
            Source::Id => {
                let name = self.definition.header_sets.first().and_then(|set| set.id);
                (name.map_or("", |name| self.header_name(name)), true)
            }
        }
    }
}

/// The text of a value; `otherwise` if it is JSON but no string.
fn text(value: Value<'_>, otherwise: FieldDefect) -> Result<Cow<'_, str>, FieldDefect> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Json(json) if json.starts_with('"') => {
            json::unescape(json).ok_or(FieldDefect::LoneSurrogate)
        }
        Value::Json(_) => Err(otherwise),
    }
}

fn not_empty(text: Cow<'_, str>) -> Result<Cow<'_, str>, FieldDefect> {
    if text.is_empty() {
        Err(FieldDefect::Empty)
    } else {
        Ok(text)
    }
}

/// Whether the JSON text is a number without fraction and exponent.
fn is_integer(json: &str) -> bool {
    let digits = json.strip_prefix('-').unwrap_or(json);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
