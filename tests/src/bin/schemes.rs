//! Writes the page of all schemes, from what core has registered and the corpus tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use countersign::scheme::{CatalogEntry, catalog};
use countersign::testing::samples;
use serde_json::Value;

const HEAD: &str = "\
# Schemes

Written by `cargo xtask schemes` from what the core has registered; a part of `cargo xtask test` fails
if it is not. Each name is what `Webhook` takes, in every language:

```python
webhook = Webhook(\"github\", secret)
```

A scheme says how the provider signs and where an event's id, type and time are. Where the provider
names no tolerance it is 300 seconds both ways. What stands under *description* are the parts by which
a program [describes a scheme of its own](describe-your-own-scheme.md), with the same words. *Vectors* are
cases of the [corpus](../tests/vectors) that every language runs, and *published* those with values that
the provider itself or a specification has published. *Sample* is the event of the request that
`countersign.testing.signed_request(name, secret)` makes, to test handlers with, and its `type` chooses
among several. [Recipes](recipes/README.md) have code for the providers that most people ask for.

**Unconfirmed** schemes were read at third parties alone, not in the provider's own documentation or
code. They verify what those say is sent. Tell us if you know better.

**Keys.** Where the key is public, the secret is that key: PEM, base64 of its DER, a JWK or a set of
them; of Ed25519 also its 32 bytes. With a *key source* nobody needs to know it: `verify` answers
`key_needed` with the URL or the id of the key, and is called again with what was fetched there.

**Tokens** are no signatures: whoever reads one can send anything.

**Not here.** Postmark and Chargebee have no signature, but Basic authentication: see [how to describe
it](describe-your-own-scheme.md#no-signature-at-all). Of Coinbase's Developer Platform `v1` is not
verified, which covers headers that the request itself names: `v0` covers the body, and a request that
has `v1` alone is refused as `unsupported_signature`.
";

/// What each part is called on the page.
const LABELS: [(&str, &str); 33] = [
    ("headers", "headers"),
    ("signature_items", "signature items"),
    ("signature_field", "signature field"),
    ("further_signatures", "further signatures"),
    ("prefix", "prefix"),
    ("ed25519_prefix", "prefix of Ed25519 signatures"),
    ("separator", "separator"),
    ("timestamp_label", "timestamp label"),
    ("timestamp_field", "timestamp field"),
    ("algorithm", "algorithm"),
    ("encoding", "encoding"),
    ("key", "key"),
    ("secret_prefix", "secret prefix"),
    ("key_source", "key source"),
    ("identity", "identity"),
    ("content", "content"),
    ("jws_algorithms", "JWS algorithms"),
    ("jws_claims", "JWS claims"),
    ("url_form", "URL form"),
    ("body_digest_parameter", "body digest parameter"),
    ("timestamp_format", "timestamp format"),
    ("tolerance", "tolerance"),
    ("payload", "payload"),
    ("event_id", "event id"),
    ("event_type", "event type"),
    ("event_time", "event time"),
    ("event_time_format", "event time format"),
    ("dedupe", "dedupe"),
    ("required", "required"),
    ("free_fields", "free fields"),
    ("data", "data"),
    ("handshake", "handshake"),
    ("answers", "answers"),
];

fn main() -> Result<()> {
    let vectors = read_vectors()?;
    let mut page = String::from(HEAD);
    page.push_str("\n| Name | Also | Signed | Algorithm | Vectors |\n|---|---|---|---|---|\n");
    let entries: Vec<CatalogEntry> = catalog().collect();
    for entry in &entries {
        let part = |key| part(entry, key).unwrap_or_default();
        let proofs = vectors.get(entry.name).cloned().unwrap_or_default();
        let published = match proofs.published {
            0 => String::new(),
            published => format!(", {published} published"),
        };
        writeln!(
            page,
            "| [`{0}`](#{0}){1} | {2} | {3} | {4} | {count}{published} |",
            entry.name,
            if entry.is_confirmed {
                ""
            } else {
                " (unconfirmed)"
            },
            entry.aliases.join(", "),
            signed(entry),
            [part("algorithm"), part("encoding"), part("jws_algorithms")]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            count = proofs.count,
        )?;
    }
    let mut family = "";
    for entry in &entries {
        if entry.family != family {
            family = entry.family;
            writeln!(page, "\n## {family}")?;
        }
        describe(&mut page, entry)?;
        let proofs = vectors.get(entry.name).cloned().unwrap_or_default();
        show(&mut page, entry, &proofs)?;
    }
    print!("{page}");
    Ok(())
}

/// What a signature covers.
fn signed(entry: &CatalogEntry) -> String {
    match (part(entry, "content"), part(entry, "jws_claims")) {
        (Some(content), _) => code(content),
        (None, Some(_)) => "claims".to_owned(),
        (None, None) => "nothing".to_owned(),
    }
}

/// A text as it stands in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('\n', "\\n").replace('|', "\\|"))
}

fn part<'e>(entry: &'e CatalogEntry, key: &str) -> Option<&'e str> {
    let found = entry.description.iter().find(|(known, _)| *known == key);
    found.map(|(_, value)| value.as_str())
}

fn describe(page: &mut String, entry: &CatalogEntry) -> Result<()> {
    writeln!(page, "\n### {}\n", entry.name)?;
    if !entry.is_confirmed {
        page.push_str("**Unconfirmed.** ");
    }
    for line in entry.documentation.lines() {
        writeln!(page, "{}", unlinked(line.trim()))?;
    }
    page.push_str("\n| Description | |\n|---|---|\n");
    for (key, label) in LABELS {
        let values: Vec<String> = entry
            .description
            .iter()
            .filter(|(known, _)| *known == key)
            .map(|(_, value)| code(value))
            .collect();
        if !values.is_empty() {
            writeln!(page, "| {label} | {} |", values.join(" or "))?;
        } else if key == "content" && part(entry, "algorithm") == Some("token") {
            // Whoever copies the description has to say so.
            writeln!(page, "| {label} | none, which is `\"\"` |")?;
        }
    }
    Ok(())
}

/// What there is besides the description.
fn show(page: &mut String, entry: &CatalogEntry, proofs: &Proofs) -> Result<()> {
    let read_at = match entry.is_confirmed {
        true => "read at the provider's own, as cited above",
        false => "read at third parties alone",
    };
    writeln!(page, "| provenance | {read_at} |")?;
    let sources: Vec<String> = proofs.sources.iter().map(|it| format!("`{it}`")).collect();
    let published = match proofs.published {
        0 => String::new(),
        published => format!("; {published} published: {}", sources.join(", ")),
    };
    writeln!(page, "| vectors | {}{published} |", proofs.count)?;
    let of_entry = samples().filter(|sample| sample.scheme == entry.name);
    let types: Vec<String> = of_entry
        .map(|sample| match (sample.event_type, sample.is_form()) {
            ("", false) => "yes".into(),
            ("", true) => "a form".into(),
            (event_type, false) => format!("`{event_type}`"),
            (event_type, true) => format!("`{event_type}`, a form"),
        })
        .collect();
    writeln!(page, "| sample | {} |", types.join("; "))?;
    let mut names = [entry.name]
        .into_iter()
        .chain(entry.aliases.iter().copied());
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes");
    if let Some(name) = names.find(|name| recipes.join(format!("{name}.md")).exists()) {
        writeln!(page, "| recipe | [recipes/{name}.md](recipes/{name}.md) |")?;
    }
    Ok(())
}

/// Without what only rustdoc links, and as all languages have it.
fn unlinked(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[`") {
        text.push_str(before);
        let (name, after) = after.split_once("`]").unwrap_or((after, ""));
        let (target, after) = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').unwrap_or((target, "")),
            None => ("", after),
        };
        // A constant of another scheme, which every language but Rust knows by its name.
        let name = match target.strip_prefix("Self::") {
            Some(constant) => constant.to_lowercase().replace('_', "-"),
            None => name.into(),
        };
        write!(text, "`{name}`").unwrap_or_default();
        rest = after;
    }
    text + rest
}

/// The vectors of a scheme.
#[derive(Default, Clone)]
struct Proofs {
    count: usize,
    published: usize,
    /// Where the latter were published.
    sources: BTreeSet<String>,
}

fn read_vectors() -> Result<BTreeMap<String, Proofs>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut all = BTreeMap::<String, Proofs>::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        for case in file["cases"].as_array().into_iter().flatten() {
            let Some(name) = case["scheme"].as_str() else {
                continue;
            };
            let proofs = all.entry(name.to_owned()).or_default();
            proofs.count += 1;
            if let Some(source) = case["source"].as_str() {
                proofs.published += 1;
                proofs.sources.insert(source.to_owned());
            }
        }
    }
    Ok(all)
}
