//! The registered schemes as data, for documentation that cannot drift from them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::providers::{FAMILIES, Provenance};
use super::{Algorithm, Handshake, JwsForm, KeySource, SchemeBuilder};

/// A registered scheme, as documentation shows it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CatalogEntry {
    /// The title of the family that it belongs to.
    pub family: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Other names that people use for it.
    pub aliases: &'static [&'static str],
    /// Whether the description was read at the provider's own.
    pub is_confirmed: bool,
    /// What the constant of [`Scheme`](crate::Scheme) says of it, with the source.
    pub documentation: &'static str,
    /// The description: keys as descriptions in JSON have them, with their values as text, those
    /// alone that differ from what is so if nothing is said.
    pub description: Vec<(&'static str, String)>,
}

/// All registered schemes, by family.
///
/// ```
/// use countersign::scheme::catalog;
///
/// let stripe = catalog().find(|entry| entry.name == "stripe").unwrap();
/// assert!(stripe.description.contains(&("content", "{timestamp}.{body}".into())));
/// ```
pub fn catalog() -> impl Iterator<Item = CatalogEntry> {
    FAMILIES.iter().flat_map(|family| {
        let entries = family.providers.iter().zip(family.documentation);
        entries.map(|(provider, documentation)| CatalogEntry {
            family: family.title,
            name: provider.scheme.name,
            aliases: provider.aliases,
            is_confirmed: provider.provenance == Provenance::Confirmed,
            documentation,
            description: describe(&provider.scheme),
        })
    })
}

fn describe(scheme: &SchemeBuilder<'static>) -> Vec<(&'static str, String)> {
    let plain = SchemeBuilder::new("");
    let mut parts = Vec::new();
    let mut add = |key, value: String, default: String| {
        if value != default {
            parts.push((key, value));
        }
    };
    for set in scheme.headers {
        let of = |part: &str, name: Option<&str>| {
            name.map_or_else(String::new, |name| format!(", {part} {name}"))
        };
        let (id, timestamp) = (of("id", set.id), of("timestamp", set.timestamp));
        add(
            "headers",
            format!("{}{id}{timestamp}", set.signature),
            String::new(),
        );
    }
    let texts = |list: &[&str]| list.join(", ");
    let text = |value: Option<&str>| value.unwrap_or_default().to_string();
    for (key, path) in [
        ("signature_items", scheme.signature_items),
        ("signature_field", scheme.signature_field),
    ] {
        add(key, text(path), String::new());
    }
    let tolerance = |scheme: &SchemeBuilder<'_>| {
        let side =
            |side: Option<u64>| side.map_or_else(|| "unchecked".into(), |it| format!("{it} s"));
        let tolerance = scheme.tolerance;
        format!(
            "past {}, future {}",
            side(tolerance.past()),
            side(tolerance.future())
        )
    };
    let separator =
        scheme
            .separator
            .map_or_else(String::new, |it| match scheme.space_after_separator {
                true => format!("{it} "),
                false => it.to_string(),
            });
    add(
        "further_signatures",
        texts(scheme.further_signatures),
        String::new(),
    );
    add("prefix", scheme.prefix.into(), String::new());
    add("ed25519_prefix", text(scheme.ed25519_prefix), String::new());
    add("separator", separator, String::new());
    add(
        "timestamp_label",
        text(scheme.timestamp_label),
        String::new(),
    );
    add(
        "timestamp_field",
        text(scheme.timestamp_field),
        String::new(),
    );
    add("algorithm", scheme.algorithm.as_str().into(), String::new());
    if !matches!(scheme.algorithm, Algorithm::Token | Algorithm::Jws) {
        add("encoding", scheme.encoding.as_str().into(), String::new());
    }
    add("key", scheme.key.as_str().into(), String::new());
    add("secret_prefix", scheme.secret_prefix.into(), String::new());
    add(
        "key_source",
        text(scheme.key_source.map(describe_source).as_deref()),
        String::new(),
    );
    add("identity", text(scheme.identity), String::new());
    add("content", scheme.content.into(), String::new());
    if let Some(form) = &scheme.jws {
        let names: Vec<_> = form.algorithms.iter().map(|it| it.name()).collect();
        add("jws_algorithms", names.join(", "), String::new());
        add("jws_claims", describe_claims(form), String::new());
    }
    add(
        "url_form",
        scheme.url_form.as_str().into(),
        plain.url_form.as_str().into(),
    );
    add(
        "body_digest_parameter",
        text(scheme.body_digest_parameter),
        String::new(),
    );
    let is_timed = scheme.timestamp_label.is_some()
        || scheme.timestamp_field.is_some()
        || scheme
            .jws
            .is_some_and(|form| form.timestamp_claim.is_some())
        || scheme.headers.iter().any(|set| set.timestamp.is_some());
    if is_timed {
        add(
            "timestamp_format",
            scheme.timestamp_format.as_str().into(),
            String::new(),
        );
        add("tolerance", tolerance(scheme), String::new());
    }
    add("payload", scheme.payload.as_str().into(), String::new());
    add("event_id", texts(scheme.event_id), String::new());
    add("event_type", texts(scheme.event_type), String::new());
    add("event_time", texts(scheme.event_time), String::new());
    if !scheme.event_time.is_empty() {
        add(
            "event_time_format",
            scheme.event_time_format.as_str().into(),
            String::new(),
        );
    }
    add(
        "dedupe",
        texts(scheme.dedupe.unwrap_or(scheme.event_id)),
        String::new(),
    );
    let required: Vec<_> = scheme.required.iter().map(|field| field.as_str()).collect();
    add("required", texts(&required), String::new());
    let free = if scheme.free_fields { "yes" } else { "" };
    add("free_fields", free.into(), String::new());
    add("data", text(scheme.data), String::new());
    let handshake = scheme.handshake.map(Handshake::as_str);
    add("handshake", text(handshake), String::new());
    add(
        "answers",
        scheme.answers.as_str().into(),
        plain.answers.as_str().into(),
    );
    parts
}

/// How the host comes by a key that no secret gives.
fn describe_source(source: KeySource) -> String {
    match source {
        KeySource::Certificate(it) => {
            let (begin, end) = it.path;
            let path = format!("{begin}...{end}");
            format!(
                "a certificate at the URL in {}, of {}, under {path}, for {}",
                it.url,
                it.hosts.join(" or "),
                it.names.join(" or "),
            )
        }
        KeySource::Published(url) => format!("the keys at {url}"),
        KeySource::ById(Some(header)) => format!("the key of the id in {header}"),
        KeySource::ById(None) => "the key of the id in the signature".into(),
    }
}

/// What the claims of a JSON Web Signature are.
fn describe_claims(form: &JwsForm) -> String {
    let mut claims = format!(
        "{}: SHA-256 of the body in {}",
        form.digest_claim,
        form.digest_encoding.as_str()
    );
    if let Some(issuer) = form.issuer {
        claims += &format!("; iss: {issuer}");
    }
    if let Some(claim) = form.timestamp_claim {
        claims += &format!("; {claim}: the timestamp");
    }
    claims
}
