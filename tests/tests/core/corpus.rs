//! The core does what every case of the corpus expects.

use std::collections::{BTreeMap, BTreeSet};

use countersign::scheme::{CatalogEntry, catalog};
use countersign_tests::corpus;

/// What the corpus must have of each scheme that is registered: that it takes a request, and for what
/// it refuses one.
#[test]
fn every_scheme_has_its_cases() -> anyhow::Result<()> {
    let mut outcomes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in corpus::read()?.iter().filter(|file| file.kind == "verify") {
        for case in &file.cases {
            // Schemes that are described have no name here.
            if let Some(scheme) = case["scheme"].as_str() {
                let expected = &case["expect"];
                let outcome = expected["code"].as_str().or(expected["verdict"].as_str());
                let outcomes = outcomes.entry(scheme.to_owned()).or_default();
                outcomes.insert(outcome.unwrap_or_default().to_owned());
            }
        }
    }
    for entry in catalog() {
        let name = entry.name;
        let outcomes = outcomes.remove(name).unwrap_or_default();
        let has = |code: &str| outcomes.contains(code);
        assert!(has("accept"), "{name}: valid");
        assert!(
            has("signature_mismatch"),
            "{name}: tampered, or by another secret"
        );
        let is_malformed = outcomes.iter().any(|code| code.starts_with("malformed_"));
        assert!(is_malformed, "{name}: malformed");
        assert!(
            has("missing_header") || has("missing_signature"),
            "{name}: missing"
        );
        if grows_old(&entry) {
            assert!(has("timestamp_too_old"), "{name}: stale");
        }
    }
    Ok(())
}

/// Whether requests of the scheme have a time that is checked.
fn grows_old(entry: &CatalogEntry) -> bool {
    let has = |key: &str, part: &str| {
        let mut parts = entry.description.iter();
        parts.any(|(known, value)| *known == key && value.contains(part))
    };
    let has_time =
        has("headers", ", timestamp ") || has("timestamp_label", "") || has("timestamp_field", "");
    has_time && !has("tolerance", "past unchecked")
}

#[test]
fn the_core_agrees_with_the_corpus() -> anyhow::Result<()> {
    let report = countersign_tests::runner::run()?;
    assert!(
        report.differences.is_empty(),
        "{}",
        report.differences.join("\n")
    );
    Ok(())
}
