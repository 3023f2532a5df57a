//! The codes and classes of all errors.

use std::collections::BTreeMap;

use anyhow::Result;
use countersign::Error;
use serde_json::{Value, json};

use super::guards;
use crate::corpus;

/// The class of the core's error with this code, null if there is none, and the status that
/// answers it.
pub(super) fn class_and_status(case: &Value) -> Result<Value> {
    let code = corpus::id(case)?;
    Ok(json!({"class": classes().get(code), "status": guards::status(code)}))
}

/// The codes of core that are not among these cases.
pub(super) fn missing(cases: &[Value]) -> Result<Vec<String>> {
    let mut classes = classes();
    for case in cases {
        classes.remove(corpus::id(case)?);
    }
    let difference = |(code, class)| format!("{code}\n    of {class} is not in the corpus");
    Ok(classes.into_iter().map(difference).collect())
}

fn classes() -> BTreeMap<&'static str, &'static str> {
    Error::codes().collect()
}
