//! A description that was checked, in the form that verification works on.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::source::Path;
use super::{
    Algorithm, Encoding, Handshake, HeaderNames, KeyForm, Part, PayloadForm, Required,
    SchemeBuilder, Source, TimestampFormat, UrlForm, content,
};
use crate::error::{ConfigurationError, SchemeDefect};
use crate::headers::HeaderName;
use crate::time::Tolerance;

const MAX_HEADER_SETS: usize = 4;
const MAX_SOURCES: usize = 4;
const MAX_FURTHER_SIGNATURES: usize = 15;

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: Box<str>,
    pub(crate) header_sets: Vec<HeaderSet>,
    pub(crate) prefix: Box<str>,
    pub(crate) separator: Option<u8>,
    pub(crate) timestamp_label: Option<Box<str>>,
    /// Index into `paths`.
    pub(crate) timestamp_field: Option<usize>,
    /// Indices into `header_names`.
    pub(crate) further_signatures: Vec<usize>,
    pub(crate) algorithm: Algorithm,
    pub(crate) encoding: Encoding,
    pub(crate) key: KeyForm,
    pub(crate) secret_prefix: Box<str>,
    pub(crate) content: Vec<Part>,
    pub(crate) url_form: UrlForm,
    pub(crate) body_digest_parameter: Option<Box<str>>,
    pub(crate) timestamp_format: TimestampFormat,
    pub(crate) tolerance: Tolerance,
    pub(crate) payload: PayloadForm,
    pub(crate) event_id: Vec<Source>,
    pub(crate) event_type: Vec<Source>,
    pub(crate) event_time: Vec<Source>,
    pub(crate) dedupe: Vec<Source>,
    pub(crate) event_time_format: TimestampFormat,
    pub(crate) id_required: bool,
    pub(crate) type_required: bool,
    /// Index into `paths`.
    pub(crate) data: Option<usize>,
    pub(crate) handshake: Option<Handshake>,
    /// Index into `paths`, of what a handshake in the body wants back.
    pub(crate) challenge: Option<usize>,
    /// The names of all headers that are read, in lower case, each once.
    pub(crate) header_names: Vec<Box<str>>,
    /// Those that sources name, as indices into `header_names`.
    pub(crate) event_headers: Vec<usize>,
    /// The characters which end the id in the signed content, and which no id may hold.
    pub(crate) id_terminators: Vec<u8>,
    /// The fields that sources name, each once.
    pub(crate) paths: Vec<Path>,
}

/// One [`HeaderNames`], as indices into [`Definition::header_names`].
#[derive(Debug)]
pub(crate) struct HeaderSet {
    pub(crate) signature: usize,
    pub(crate) id: Option<usize>,
    pub(crate) timestamp: Option<usize>,
}

impl Definition {
    pub(crate) fn compile(builder: &SchemeBuilder<'_>) -> Result<Self, ConfigurationError> {
        compile(builder)
            .map_err(|rule| ConfigurationError::MalformedScheme(SchemeDefect::Rule(rule)))
    }

    /// A header by its index into `header_names`.
    pub(crate) fn header_name(&self, index: usize) -> HeaderName<'_> {
        HeaderName::new(&self.header_names[index], index)
    }

    /// Whether a header carries the attempt timestamp.
    pub(crate) fn has_timestamp(&self) -> bool {
        self.timestamp_label.is_some() || self.header_sets[0].timestamp.is_some()
    }

    /// The version label of the signatures, without the character that ends it.
    pub(crate) fn label(&self) -> &str {
        self.prefix
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &self.prefix[..at])
    }

    /// The name of the first header among these sources.
    pub(crate) fn header_among(&self, sources: &[Source]) -> Option<HeaderName<'_>> {
        sources.iter().find_map(|source| match source {
            Source::Header(index) => Some(self.header_name(self.event_headers[*index])),
            Source::Id | Source::Body(_) => None,
        })
    }
}

/// The error is the first rule that the description breaks.
fn compile(builder: &SchemeBuilder<'_>) -> Result<Definition, &'static str> {
    require(
        is_scheme_name(builder.name),
        "its name is not 1 to 64 of a-z, 0-9 and -",
    )?;
    check_headers(builder)?;
    check_signature_grammar(builder)?;
    let content = content::parse(builder.content)?;
    check_content(builder, &content)?;
    require(
        builder.secret_prefix.is_empty() || builder.key != KeyForm::Text,
        "a secret prefix needs a base64 or hex key",
    )?;
    require(
        !builder.secret_prefix.is_empty()
            || !matches!(builder.key, KeyForm::Base64OrText | KeyForm::Base64AndText),
        "a key that is base64 or text needs a secret prefix",
    )?;

    let mut tables = Tables::default();
    let header_sets = builder.headers.iter().map(|set| tables.header_set(set));
    let header_sets = header_sets.collect();
    let further = builder.further_signatures.iter();
    let further_signatures = further.map(|name| tables.header(name)).collect();
    let has_id_header = builder.headers[0].id.is_some();
    let mut sources = |texts| tables.sources(texts, has_id_header);
    let event_id = sources(builder.event_id)?;
    let event_type = sources(builder.event_type)?;
    let event_time = sources(builder.event_time)?;
    let dedupe = sources(builder.dedupe.unwrap_or(builder.event_id))?;
    let mut path = |path: Option<&str>| path.map(|path| tables.path(path)).transpose();
    let data = path(builder.data)?;
    let timestamp_field = path(builder.timestamp_field)?;
    let challenge = match builder.handshake {
        Some(Handshake::SlackUrlVerification) => Some(tables.path("challenge")?),
        Some(Handshake::MetaVerification) | None => None,
    };

    let id_required = builder.required.contains(&Required::Id);
    let type_required = builder.required.contains(&Required::Type);
    require(
        !(id_required && event_id.is_empty() || type_required && event_type.is_empty()),
        "it requires an event id or type that it has no source for",
    )?;
    Ok(Definition {
        name: builder.name.into(),
        header_sets,
        prefix: builder.prefix.into(),
        separator: builder.separator.map(|separator| separator as u8),
        timestamp_label: builder.timestamp_label.map(Into::into),
        timestamp_field,
        further_signatures,
        algorithm: builder.algorithm,
        encoding: builder.encoding,
        key: builder.key,
        secret_prefix: builder.secret_prefix.into(),
        id_terminators: id_terminators(&content),
        content,
        url_form: builder.url_form,
        body_digest_parameter: builder.body_digest_parameter.map(Into::into),
        timestamp_format: builder.timestamp_format,
        tolerance: builder.tolerance,
        payload: builder.payload,
        event_id,
        event_type,
        event_time,
        dedupe,
        event_time_format: builder.event_time_format,
        id_required,
        type_required,
        data,
        handshake: builder.handshake,
        challenge,
        header_names: tables.header_names,
        event_headers: tables.event_headers,
        paths: tables.paths,
    })
}

fn require(condition: bool, rule: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(rule) }
}

fn check_headers(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let sets = builder.headers;
    require(
        !sets.is_empty() && sets.iter().all(|set| !set.signature.is_empty()),
        "it names no signature header",
    )?;
    require(
        sets.len() <= MAX_HEADER_SETS,
        "it has more than 4 header sets",
    )?;
    let in_sets = sets
        .iter()
        .flat_map(|set| [Some(set.signature), set.id, set.timestamp])
        .flatten();
    let in_sources = [
        builder.event_id,
        builder.event_type,
        builder.event_time,
        builder.dedupe.unwrap_or(&[]),
    ]
    .into_iter()
    .flatten()
    .filter_map(|source| source.strip_prefix("header:"));
    require(
        in_sets.chain(in_sources).all(is_header_name),
        "a header name is not lower-case letters, digits and - (1 to 64)",
    )?;
    check_further_signatures(builder)?;
    let parts = |set: &HeaderNames<'_>| (set.id.is_some(), set.timestamp.is_some());
    require(
        sets.iter().all(|set| parts(set) == parts(&sets[0])),
        "its header sets do not have the same parts",
    )?;
    // Signing would write such a header twice, and verification refuses one with two values.
    require(
        !sets.iter().any(names_one_twice),
        "a header set names one header for two parts",
    )?;
    let proves = |name| {
        let mut proofs = sets
            .iter()
            .flat_map(|set| [Some(set.signature), set.timestamp]);
        proofs.any(|proof| proof == Some(name))
    };
    let mut event_ids = builder.event_id.iter();
    require(
        !event_ids.any(|source| source.strip_prefix("header:").is_some_and(proves)),
        "its event id is the header of the signature or the timestamp",
    )
}

fn check_further_signatures(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let further = builder.further_signatures;
    require(
        further.len() <= MAX_FURTHER_SIGNATURES,
        "it has more than 15 further signature headers",
    )?;
    require(
        further.iter().all(|name| is_header_name(name)),
        "a header name is not lower-case letters, digits and - (1 to 64)",
    )?;
    let in_sets = |name: &str| {
        let mut sets = builder.headers.iter();
        sets.any(|set| [Some(set.signature), set.id, set.timestamp].contains(&Some(name)))
    };
    let is_named_before =
        |(index, name): (usize, &&str)| in_sets(name) || further[..index].contains(name);
    require(
        !further.iter().enumerate().any(is_named_before),
        "it names a further signature header twice",
    )
}

fn names_one_twice(set: &HeaderNames<'_>) -> bool {
    let signature = Some(set.signature);
    set.id == signature || set.timestamp == signature || set.id.is_some() && set.id == set.timestamp
}

fn check_signature_grammar(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let prefix = builder.prefix;
    let delimiter = prefix.chars().next_back();
    require(
        prefix.is_empty()
            || matches!(delimiter, Some('=' | ','))
                && is_label(&prefix.as_bytes()[..prefix.len() - 1]),
        "its prefix does not end in = or , after a label of 1 to 16 letters, digits, _ and -",
    )?;
    require(
        matches!(builder.separator, None | Some(' ' | ',' | ';')),
        "its separator is not a space, a comma or a semicolon",
    )?;
    require(
        builder.separator.is_none() || builder.separator != delimiter,
        "its separator also ends its prefix",
    )?;
    let Some(label) = builder.timestamp_label else {
        return Ok(());
    };
    require(
        builder.separator.is_some() && delimiter == Some('='),
        "a timestamp label needs a separator and a prefix that ends in =",
    )?;
    require(
        is_label(label.as_bytes()),
        "its timestamp label is not 1 to 16 letters, digits, _ and -",
    )?;
    require(
        label != &prefix[..prefix.len() - 1],
        "its timestamp label is also the label of its signatures",
    )?;
    require(
        builder.headers[0].timestamp.is_none(),
        "it has both a timestamp header and a timestamp label",
    )
}

fn check_content(builder: &SchemeBuilder<'_>, content: &[Part]) -> Result<(), &'static str> {
    let is_token = builder.algorithm == Algorithm::Token;
    require(
        !is_token || content.is_empty() && builder.key == KeyForm::Text,
        "a token has content, or a key that is not text",
    )?;
    require(
        is_token || content.contains(&Part::Body) || content.contains(&Part::Form),
        "its content does not cover the body",
    )?;
    require(
        !content.contains(&Part::Form)
            || matches!(builder.payload, PayloadForm::Form | PayloadForm::JsonOrForm),
        "its content has the form of a payload that is none",
    )?;
    require(
        builder.url_form == UrlForm::AsGiven || content.contains(&Part::Url),
        "it has a form of the URL, which its content does not cover",
    )?;
    let digest_is_covered = content.contains(&Part::Url) && content.contains(&Part::Form);
    require(
        builder
            .body_digest_parameter
            .is_none_or(|name| digest_is_covered && !name.is_empty()),
        "it has a digest of the body in a URL, or for a form, that its content does not cover",
    )?;
    require(
        content.contains(&Part::Secret) == (builder.algorithm == Algorithm::PlainSha256),
        "its content has the secret and its algorithm is keyed, or the other way round",
    )?;
    require(
        !content.contains(&Part::Id) || builder.headers[0].id.is_some(),
        "its content has the id but no id header is named",
    )?;
    let in_header = builder.headers[0].timestamp.is_some() || builder.timestamp_label.is_some();
    require(
        builder.timestamp_field.is_none() || !in_header && !is_token,
        "it has a timestamp in the body and another, or a body that nothing covers",
    )?;
    require(
        builder.timestamp_field.is_none() || builder.payload == PayloadForm::Json,
        "it has a timestamp in a body that may be no JSON",
    )?;
    let timestamp_named =
        builder.headers[0].timestamp.is_some() || builder.timestamp_label.is_some();
    let timestamp_signed = content.contains(&Part::Timestamp);
    require(
        !timestamp_signed || timestamp_named,
        "its content has the timestamp but no timestamp is named",
    )?;
    // An unsigned timestamp proves nothing about when the request was made.
    require(
        !timestamp_named || timestamp_signed,
        "it names a timestamp that its content does not cover",
    )
}

/// No header holds the others, so that those of ASCII suffice.
fn id_terminators(content: &[Part]) -> Vec<u8> {
    let ends = content.windows(2).filter_map(|parts| match parts {
        [Part::Id, Part::Literal(literal)] => literal.bytes().next(),
        _ => None,
    });
    ends.filter(u8::is_ascii).collect()
}

/// The headers and fields that are read, each once.
#[derive(Default)]
struct Tables {
    header_names: Vec<Box<str>>,
    event_headers: Vec<usize>,
    paths: Vec<Path>,
}

impl Tables {
    fn header_set(&mut self, names: &HeaderNames<'_>) -> HeaderSet {
        HeaderSet {
            signature: self.header(names.signature),
            id: names.id.map(|name| self.header(name)),
            timestamp: names.timestamp.map(|name| self.header(name)),
        }
    }

    fn sources(
        &mut self,
        texts: &[&str],
        has_id_header: bool,
    ) -> Result<Vec<Source>, &'static str> {
        require(
            texts.len() <= MAX_SOURCES,
            "an event field has more than 4 sources",
        )?;
        texts
            .iter()
            .map(|text| match text.split_once(':') {
                None if *text == "id" => {
                    require(has_id_header, "it has the event source id but no id header")?;
                    Ok(Source::Id)
                }
                Some(("header", name)) => Ok(Source::Header(self.event_header(name))),
                Some(("body", path)) => self.path(path).map(Source::Body),
                _ => Err("an event source is not id, header:NAME or body:PATH"),
            })
            .collect()
    }

    fn header(&mut self, name: &str) -> usize {
        let known = self.header_names.iter().position(|known| **known == *name);
        known.unwrap_or_else(|| {
            self.header_names.push(name.into());
            self.header_names.len() - 1
        })
    }

    fn event_header(&mut self, name: &str) -> usize {
        let header = self.header(name);
        let known = self.event_headers.iter().position(|known| *known == header);
        known.unwrap_or_else(|| {
            self.event_headers.push(header);
            self.event_headers.len() - 1
        })
    }

    fn path(&mut self, text: &str) -> Result<usize, &'static str> {
        let path = Path::parse(text)?;
        let known = self.paths.iter().position(|known| *known == path);
        Ok(known.unwrap_or_else(|| {
            self.paths.push(path);
            self.paths.len() - 1
        }))
    }
}

fn is_scheme_name(name: &str) -> bool {
    matches!(name.len(), 1..=64)
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_header_name(name: &str) -> bool {
    is_scheme_name(name)
}

/// Whether this is a version label such as `v1` or `sha256`.
pub(crate) fn is_label(text: &[u8]) -> bool {
    matches!(text.len(), 1..=16)
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
