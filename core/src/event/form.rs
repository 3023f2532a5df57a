//! Locates fields of an `application/x-www-form-urlencoded` text.

use alloc::vec;
use alloc::vec::Vec;

use super::field::{Field, Value};
use super::not_json;
use crate::error::{JsonDefect, PayloadError};
use crate::scheme::Path;

/// The decoded value of each path, which in a form is one name, dots included.
pub(super) fn locate<'a>(paths: &[Path], text: &'a str) -> Result<Vec<Field<'a>>, PayloadError> {
    if text.is_empty() {
        return Err(not_json(JsonDefect::Empty));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(not_json(JsonDefect::NorForm));
    }
    let mut fields = vec![Field::default(); paths.len()];
    if paths.is_empty() {
        return Ok(fields);
    }
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        for (field, path) in fields.iter_mut().zip(paths) {
            if *path.text == *name {
                if field.value.is_some() {
                    field.repeated_at = Some(path.len() - 1);
                }
                field.value = Some(Value::Text(value.clone()));
            }
        }
    }
    Ok(fields)
}
