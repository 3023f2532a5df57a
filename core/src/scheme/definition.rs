//! A description that was checked, in the form that verification works on.

use alloc::boxed::Box;
use alloc::vec::Vec;

#[cfg(feature = "asymmetric")]
use super::JwsForm;
use super::rules::{
    check_content, check_handshake, check_headers, check_key, check_signature_grammar, has_header,
    is_scheme_name, require,
};
use super::source::Path;
use super::{
    Algorithm, AnswerForm, Encoding, Handshake, HeaderNames, KeyForm, KeySource, Part, PayloadForm,
    Required, SchemeBuilder, Source, TimestampFormat, UrlForm, content,
};
use crate::error::{ConfigurationError, SchemeDefect};
use crate::headers::HeaderName;
use crate::time::Tolerance;

const MAX_SOURCES: usize = 4;

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: Box<str>,
    /// None if the signature is in the body.
    pub(crate) header_sets: Vec<HeaderSet>,
    pub(crate) in_body: Option<InBody>,
    pub(crate) prefix: Box<str>,
    pub(crate) separator: Option<u8>,
    /// Whether a space is written after it.
    pub(crate) space_after_separator: bool,
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
    /// What is read of a handshake, as [`Handshake::sources`] names it.
    pub(crate) handshake_sources: Vec<Source>,
    /// Index into `header_names`, of the header of a handshake that is not signed.
    pub(crate) handshake_header: Option<usize>,
    pub(crate) answers: AnswerForm,
    /// Whether a type or a time that is malformed is none.
    pub(crate) free_fields: bool,
    pub(crate) ed25519_prefix: Option<Box<str>>,
    pub(crate) key_source: Option<KeySource>,
    #[cfg(feature = "asymmetric")]
    pub(crate) jws: Option<JwsForm>,
    /// Where the request names the key, or its URL.
    #[cfg(feature = "asymmetric")]
    pub(crate) key_locator: Option<Source>,
    /// Index into `paths`, of the field that says with which hash RSA signed.
    #[cfg(feature = "asymmetric")]
    pub(crate) rsa_version_field: Option<usize>,
    /// Where it says whose it is.
    #[cfg(feature = "asymmetric")]
    pub(crate) identity: Option<Source>,
    /// The names of all headers that are read, in lower case, each once.
    pub(crate) header_names: Vec<Box<str>>,
    /// Those that sources name, as indices into `header_names`.
    pub(crate) event_headers: Vec<usize>,
    /// The characters which end the id in the signed content, and which no id may hold.
    pub(crate) id_terminators: Vec<u8>,
    /// The fields that sources name, each once.
    pub(crate) paths: Vec<Path>,
    /// Fields that are one source together, as indices into `paths`.
    pub(crate) joined: Vec<Vec<usize>>,
}

/// Where in the body the signature is, and what it covers.
#[derive(Debug)]
pub(crate) struct InBody {
    /// The array whose elements are signed one by one.
    pub(crate) items: Option<Path>,
    /// The signature, and then the fields of the content, in its order.
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

    /// A header by its index into `header_names`. Empty if there is none, as where the signature is in
    /// the body.
    pub(crate) fn header_name(&self, index: usize) -> HeaderName<'_> {
        let name = self.header_names.get(index);
        HeaderName::new(name.map_or("", |name| name), index)
    }

    /// Whether a header carries the attempt timestamp.
    pub(crate) fn has_timestamp(&self) -> bool {
        let first = self.header_sets.first();
        self.timestamp_label.is_some() || first.is_some_and(|set| set.timestamp.is_some())
    }

    /// The version label of the signatures, without the character that ends it.
    pub(crate) fn label(&self) -> &str {
        self.prefix
            .char_indices()
            .next_back()
            .map_or("", |(at, _)| &self.prefix[..at])
    }

    /// The array whose one element the event is read of.
    pub(crate) fn items(&self) -> Option<&Path> {
        self.in_body.as_ref()?.items.as_ref()
    }

    /// The name of the first header among these sources.
    pub(crate) fn header_among(&self, sources: &[Source]) -> Option<HeaderName<'_>> {
        sources.iter().find_map(|source| match source {
            Source::Header(index) => Some(self.header_name(self.event_headers[*index])),
            Source::Id | Source::Body(_) | Source::Joined(_) => None,
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
    check_handshake(builder)?;
    check_key(builder)?;

    let mut tables = Tables::default();
    let header_sets = builder.headers.iter().map(|set| tables.header_set(set));
    let header_sets = header_sets.collect();
    let further = builder.further_signatures.iter();
    let further_signatures = further.map(|name| tables.header(name)).collect();
    let has_id_header = has_header(builder, |set| set.id);
    let mut sources = |texts| tables.sources(texts, has_id_header);
    let event_id = sources(builder.event_id)?;
    let event_type = sources(builder.event_type)?;
    let event_time = sources(builder.event_time)?;
    let dedupe = sources(builder.dedupe.unwrap_or(builder.event_id))?;
    #[cfg(feature = "asymmetric")]
    let key_locator = match builder.key_source {
        Some(KeySource::Certificate(it)) => Some(it.url),
        Some(KeySource::ById(header)) => header,
        Some(KeySource::Published(_)) | None => None,
    };
    #[cfg(feature = "asymmetric")]
    let key_locator = sources(key_locator.as_slice())?.first().copied();
    #[cfg(feature = "asymmetric")]
    let identity = sources(builder.identity.as_slice())?.first().copied();
    let mut path = |path: Option<&str>| path.map(|path| tables.path(path)).transpose();
    let data = path(builder.data)?;
    let timestamp_field = path(builder.timestamp_field)?;
    let in_body = in_body(builder, &content)?;
    #[cfg(feature = "asymmetric")]
    let rsa_version_field = path(builder.rsa_version_field)?;
    let handshake = builder.handshake;
    let handshake_sources = tables.sources(handshake.map_or(&[], Handshake::sources), false)?;
    let handshake_header = handshake.and_then(Handshake::header);
    let handshake_header = handshake_header.map(|name| tables.header(name));

    let id_required = builder.required.contains(&Required::Id);
    let type_required = builder.required.contains(&Required::Type);
    require(
        !(id_required && event_id.is_empty() || type_required && event_type.is_empty()),
        "it requires an event id or type that it has no source for",
    )?;
    Ok(Definition {
        name: builder.name.into(),
        header_sets,
        in_body,
        prefix: builder.prefix.into(),
        separator: builder.separator.map(|separator| separator as u8),
        space_after_separator: builder.space_after_separator,
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
        handshake,
        handshake_sources,
        handshake_header,
        answers: builder.answers,
        free_fields: builder.free_fields,
        ed25519_prefix: builder.ed25519_prefix.map(Into::into),
        key_source: builder.key_source,
        #[cfg(feature = "asymmetric")]
        jws: builder.jws,
        #[cfg(feature = "asymmetric")]
        key_locator,
        #[cfg(feature = "asymmetric")]
        identity,
        #[cfg(feature = "asymmetric")]
        rsa_version_field,
        header_names: tables.header_names,
        event_headers: tables.event_headers,
        paths: tables.paths,
        joined: tables.joined,
    })
}

fn in_body(builder: &SchemeBuilder<'_>, content: &[Part]) -> Result<Option<InBody>, &'static str> {
    let Some(signature) = builder.signature_field else {
        return Ok(None);
    };
    let fields = content.iter().filter_map(Part::field);
    let paths = core::iter::once(signature).chain(fields).map(Path::parse);
    Ok(Some(InBody {
        items: builder.signature_items.map(Path::parse).transpose()?,
        paths: paths.collect::<Result<_, _>>()?,
    }))
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
    joined: Vec<Vec<usize>>,
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
                Some(("joined", paths)) if paths.contains(',') => self.joined(paths),
                _ => Err("an event source is not id, header:NAME, body:PATH or joined:PATH,PATH"),
            })
            .collect()
    }

    fn joined(&mut self, paths: &str) -> Result<Source, &'static str> {
        let paths = paths.split(',').map(|path| self.path(path));
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        require(
            paths.len() <= MAX_SOURCES,
            "a joined event source has more than 4 paths",
        )?;
        self.joined.push(paths);
        Ok(Source::Joined(self.joined.len() - 1))
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
