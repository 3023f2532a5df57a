//! Failures as JavaScript takes them: class, code, milliseconds to wait if any, and message; of a key that
//! is needed its URL and its id, too, as far as there are such.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::time::Duration;

use countersign::Error;
use wasm_bindgen::JsValue;

/// What separates them; no message and no URL holds it.
const SEPARATOR: &str = "\n";

pub(crate) fn text(error: impl Into<Error>) -> String {
    let error = error.into();
    let wait = match &error {
        Error::Guard(error) => error.retry_after(),
        _ => None,
    };
    // In 64 bits: the 128 of `as_millis` need code of their own in the module.
    let milliseconds = |wait: Duration| wait.as_secs() * 1000 + u64::from(wait.subsec_millis());
    let wait = wait.map_or_else(String::new, |wait| milliseconds(wait).to_string());
    #[cfg_attr(not(feature = "asymmetric"), expect(unused_mut))]
    let mut text = [error.class(), error.code(), &wait, &message(&error)].join(SEPARATOR);
    #[cfg(feature = "asymmetric")]
    if let Error::Verification(countersign::VerificationError::KeyNeeded(needed)) = &error {
        let parts = [Some(needed.url().unwrap_or_default()), needed.key_id()];
        for part in parts.into_iter().flatten() {
            text.push_str(SEPARATOR);
            text.push_str(part);
        }
    }
    text
}

/// Each module has the texts of what it can fail of, and no others.
fn message(error: &Error) -> String {
    match error {
        Error::Configuration(error) => error.to_string(),
        #[cfg(feature = "sender")]
        Error::Delivery(error) => error.to_string(),
        #[cfg(any(feature = "receiver", feature = "webhook"))]
        Error::Guard(error) => error.to_string(),
        Error::Payload(error) => error.to_string(),
        #[cfg(feature = "webhook")]
        Error::Verification(error) => error.to_string(),
        other => other.code().to_owned(),
    }
}

/// A failure to be thrown; the TypeScript makes it an instance of its class.
pub(crate) fn thrown(error: impl Into<Error>) -> JsValue {
    JsValue::from_str(&text(error))
}
