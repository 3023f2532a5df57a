//! The rules that a description must keep, in the order in which they are reported.

use super::content::Part;
use super::{Algorithm, HeaderNames, KeyForm, PayloadForm, SchemeBuilder, UrlForm};

const MAX_HEADER_SETS: usize = 4;
const MAX_FURTHER_SIGNATURES: usize = 15;

pub(super) fn require(condition: bool, rule: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(rule) }
}

pub(super) fn check_headers(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
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

pub(super) fn check_signature_grammar(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let prefix = builder.prefix;
    let delimiter = prefix.chars().next_back();
    require(
        prefix.is_empty()
            || matches!(delimiter, Some('=' | ','))
                && is_label(&prefix.as_bytes()[..prefix.len() - 1]),
        "its prefix does not end in = or , after a label of 1 to 16 letters, digits, _ and -",
    )?;
    require(
        matches!(
            (builder.separator, builder.space_after_separator),
            (None | Some(' '), false) | (Some(',' | ';'), _)
        ),
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

pub(super) fn check_content(
    builder: &SchemeBuilder<'_>,
    content: &[Part],
) -> Result<(), &'static str> {
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

pub(super) fn is_scheme_name(name: &str) -> bool {
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
