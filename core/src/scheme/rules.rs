//! The rules that a description must keep, in the order in which they are reported.

use super::content::Part;
use super::{Algorithm, Handshake, HeaderNames, KeyForm, PayloadForm, SchemeBuilder, UrlForm};

const MAX_HEADER_SETS: usize = 4;
const MAX_FURTHER_SIGNATURES: usize = 15;

pub(super) fn require(condition: bool, rule: &'static str) -> Result<(), &'static str> {
    if condition { Ok(()) } else { Err(rule) }
}

pub(super) fn check_headers(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let sets = builder.headers;
    require(
        builder.signature_field.is_none()
            || sets.is_empty() && builder.further_signatures.is_empty(),
        "it has a signature in the body and another in a header",
    )?;
    require(
        (builder.signature_field.is_some() || !sets.is_empty())
            && sets.iter().all(|set| !set.signature.is_empty()),
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
    require(
        builder.signature_field.is_none() || prefix.is_empty() && builder.separator.is_none(),
        "it has a signature in the body, and a prefix or separator",
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
        !has_header(builder, |set| set.timestamp),
        "it has both a timestamp header and a timestamp label",
    )
}

pub(super) fn check_content(
    builder: &SchemeBuilder<'_>,
    content: &[Part],
) -> Result<(), &'static str> {
    let is_token = builder.algorithm == Algorithm::Token;
    let is_jws = builder.algorithm == Algorithm::Jws;
    require(
        is_jws == builder.jws.is_some() && (!is_jws || content.is_empty()),
        "its algorithm is of registered schemes only",
    )?;
    require(
        !is_token || content.is_empty() && builder.key == KeyForm::Text,
        "a token has content, or a key that is not text",
    )?;
    require(
        is_token || is_jws || covers_body(content) || is_of_checksum(builder, content),
        "its content does not cover the body",
    )?;
    check_signature_in_body(builder, content)?;
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
        content.contains(&Part::Secret)
            == matches!(
                builder.algorithm,
                Algorithm::PlainSha256 | Algorithm::PlainMd5
            )
            || builder.key == KeyForm::Identity,
        "its content has the secret and its algorithm is keyed, or the other way round",
    )?;
    require(
        !content.contains(&Part::Id) || has_header(builder, |set| set.id),
        "its content has the id but no id header is named",
    )?;
    let timestamp_named =
        has_header(builder, |set| set.timestamp) || builder.timestamp_label.is_some();
    require(
        builder.timestamp_field.is_none() || !timestamp_named && !is_token,
        "it has a timestamp in the body and another, or a body that nothing covers",
    )?;
    require(
        builder.timestamp_field.is_none() || builder.payload == PayloadForm::Json,
        "it has a timestamp in a body that may be no JSON",
    )?;
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

/// Such a handshake is answered by the key, or known by the token.
pub(super) fn check_handshake(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let algorithm = match builder.handshake {
        Some(Handshake::ZoomUrlValidation) => Algorithm::HmacSha256,
        Some(Handshake::OktaVerification) => Algorithm::Token,
        _ => return Ok(()),
    };
    require(
        builder.algorithm == algorithm,
        "its handshake needs hmac-sha256 (zoom-url-validation) or a token (okta-verification)",
    )
}

/// Which forms of keys an algorithm takes.
pub(super) fn check_key(builder: &SchemeBuilder<'_>) -> Result<(), &'static str> {
    let is_public = matches!(builder.key, KeyForm::PublicKey | KeyForm::Identity);
    let fits = match builder.algorithm {
        Algorithm::Jws => {
            is_public || matches!(builder.key, KeyForm::Text | KeyForm::PublicKeyOrText)
        }
        algorithm => {
            is_public == algorithm.is_asymmetric() && builder.key != KeyForm::PublicKeyOrText
        }
    };
    require(fits, "its algorithm and the form of its key do not fit")?;
    require(
        (builder.key == KeyForm::Identity)
            <= (builder.key_source.is_some() && builder.algorithm.is_asymmetric()),
        "the form of its key is of registered schemes only",
    )?;
    require(
        builder.secret_prefix.is_empty() || builder.key != KeyForm::Text,
        "a secret prefix needs a base64 or hex key",
    )?;
    require(
        !builder.secret_prefix.is_empty()
            || !matches!(builder.key, KeyForm::Base64OrText | KeyForm::Base64AndText),
        "a key that is base64 or text needs a secret prefix",
    )
}

/// Whether the content has the body, the form that it is, what of it is around the signature, or fields
/// of it.
fn covers_body(content: &[Part]) -> bool {
    surrounds_signature(content) || content.iter().any(Part::covers_body)
}

/// What PayPal signs; of registered schemes only.
fn is_of_checksum(builder: &SchemeBuilder<'_>, content: &[Part]) -> bool {
    builder.key_source.is_some() && content.contains(&Part::Crc32)
}

fn surrounds_signature(content: &[Part]) -> bool {
    content.contains(&Part::BeforeSignature) && content.contains(&Part::AfterSignature)
}

fn check_signature_in_body(
    builder: &SchemeBuilder<'_>,
    content: &[Part],
) -> Result<(), &'static str> {
    let is_part_of_body = |part: &Part| {
        part.field().is_some() || matches!(part, Part::BeforeSignature | Part::AfterSignature)
    };
    if builder.signature_field.is_none() {
        require(
            !content.iter().any(is_part_of_body),
            "its content has a field of a body that holds no signature",
        )?;
        return require(
            builder.signature_items.is_none(),
            "it has items but no signature in the body",
        );
    }
    require(
        content
            .iter()
            .all(|part| is_part_of_body(part) || matches!(part, Part::Secret | Part::Literal(_))),
        "it has a signature in the body, and content that is no field of the body",
    )?;
    require(
        !content
            .iter()
            .any(|part| part.field() == builder.signature_field),
        "its content has the field of its signature",
    )?;
    require(
        builder.payload == PayloadForm::Json,
        "it has a signature in a body that may be no JSON",
    )?;
    require(
        builder.signature_items.is_none()
            || !content.contains(&Part::BeforeSignature)
                && !content.contains(&Part::AfterSignature)
                && builder.timestamp_field.is_none(),
        "it has items, and a timestamp or content that is of no item",
    )?;
    require(
        builder.timestamp_field.is_none_or(|path| {
            surrounds_signature(content) || content.iter().any(|part| part.field() == Some(path))
        }),
        "it has a timestamp in the body that its content does not cover",
    )
}

/// Whether its header sets have this part, of which all have the same.
pub(super) fn has_header(
    builder: &SchemeBuilder<'_>,
    part: for<'s> fn(&'s HeaderNames<'s>) -> Option<&'s str>,
) -> bool {
    let first = builder.headers.first();
    first.is_some_and(|set| part(set).is_some())
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
