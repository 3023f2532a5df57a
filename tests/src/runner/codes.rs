//! The codes and classes of all errors.

use std::collections::BTreeMap;

use anyhow::Result;
use countersign::Error;
use serde_json::{Value, json};

use crate::corpus;

/// The class of the core's error with this code, null if there is none.
pub(super) fn class(case: &Value) -> Result<Value> {
    Ok(json!({"class": classes().get(corpus::id(case)?)}))
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
