//! Writes the page of all schemes, from what core has registered and the corpus tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use countersign::scheme::{CatalogEntry, catalog};
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
a program describes a scheme of its own, with the same words: `Scheme(\"acme\", headers=..., ...)` in
Python, `new Scheme({ name: \"acme\", headers: ..., ... })` in JavaScript, `SchemeBuilder` in Rust.

**Unconfirmed** schemes were read at third parties alone, not in the provider's own documentation or
code. They verify what those say is sent. Tell us if you know better.

**Tokens** are no signatures: whoever reads one can send anything.
";

/// What each part is called on the page.
const LABELS: [(&str, &str); 26] = [
    ("headers", "headers"),
    ("signature_items", "signed items"),
    ("signature_field", "signature field"),
    ("further_signatures", "further signatures"),
    ("prefix", "prefix"),
    ("separator", "separator"),
    ("timestamp_label", "timestamp label"),
    ("timestamp_field", "timestamp field"),
    ("algorithm", "algorithm"),
    ("encoding", "encoding"),
    ("key", "key"),
    ("secret_prefix", "secret prefix"),
    ("content", "content"),
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
    ("data", "data"),
    ("handshake", "handshake"),
];

fn main() -> Result<()> {
    let vectors = count_vectors()?;
    let mut page = String::from(HEAD);
    page.push_str("\n| Name | Also | Signed | Algorithm | Vectors |\n|---|---|---|---|---|\n");
    let entries: Vec<CatalogEntry> = catalog().collect();
    for entry in &entries {
        let part = |key| part(entry, key).unwrap_or_default();
        let (count, published) = vectors.get(entry.name).copied().unwrap_or_default();
        let published = match published {
            0 => String::new(),
            published => format!(", {published} published"),
        };
        writeln!(
            page,
            "| [`{0}`](#{0}){1} | {2} | `{3}` | {4}, {5} | {count}{published} |",
            entry.name,
            if entry.is_confirmed {
                ""
            } else {
                " (unconfirmed)"
            },
            entry.aliases.join(", "),
            part("content").replace('|', "\\\\|"),
            part("algorithm"),
            part("encoding"),
        )?;
    }
    let mut family = "";
    for entry in &entries {
        if entry.family != family {
            family = entry.family;
            writeln!(page, "\n## {family}")?;
        }
        describe(&mut page, entry)?;
    }
    print!("{page}");
    Ok(())
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
            .map(|(_, value)| format!("`{}`", value.replace('|', "\\\\|")))
            .collect();
        if !values.is_empty() {
            writeln!(page, "| {label} | {} |", values.join(" or "))?;
        }
    }
    Ok(())
}

/// Without what only rustdoc links.
fn unlinked(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[`") {
        text.push_str(before);
        let (name, after) = after.split_once("`]").unwrap_or((after, ""));
        write!(text, "`{name}`").unwrap_or_default();
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').map_or("", |(_, after)| after),
            None => after,
        };
    }
    text + rest
}

/// How many vectors each scheme has, and how many of them were published.
fn count_vectors() -> Result<BTreeMap<String, (usize, usize)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut counts = BTreeMap::<String, (usize, usize)>::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
        for case in file["cases"].as_array().into_iter().flatten() {
            if let Some(name) = case["scheme"].as_str() {
                let (count, published) = counts.entry(name.to_owned()).or_default();
                *count += 1;
                *published += usize::from(case["source"].is_string());
            }
        }
    }
    Ok(counts)
}
