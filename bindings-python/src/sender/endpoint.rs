//! Endpoints, as Python says them.

use std::time::Duration;

use countersign_delivery::Endpoint;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat};

use crate::errors::wrong_type;
use crate::number;
use crate::retry::RetryPolicy;
use crate::text::strict;

/// The endpoint of these keywords, of which none is missing; those that are `None` are not said.
pub(super) fn endpoint(
    id: &Bound<'_, PyAny>,
    url: &Bound<'_, PyAny>,
    settings: &Bound<'_, PyDict>,
) -> PyResult<Endpoint> {
    let mut endpoint = Endpoint::new(strict("the id", id)?, strict("the url", url)?);
    let mut timeouts: [Option<Duration>; 3] = [None; 3];
    for (key, value) in settings {
        if value.is_none() {
            continue;
        }
        endpoint = match strict("a keyword", &key)? {
            "owner" => endpoint.owner(strict("owner", &value)?),
            "scheme" => endpoint.scheme(strict("scheme", &value)?),
            "secrets" => each("a secret", &value, endpoint, Endpoint::secret)?,
            "event_types" => {
                let patterns = value.try_iter()?.map(|item| {
                    let item = item?;
                    strict("a pattern", &item).map(str::to_owned)
                });
                endpoint.event_types(patterns.collect::<PyResult<Vec<_>>>()?)
            }
            "concurrency" => endpoint.concurrency(number::count("concurrency", &value)?),
            "per_second" => endpoint.per_second(rate(&value)?),
            "fifo" => match value.is_truthy()? {
                true => endpoint.fifo(),
                false => endpoint,
            },
            "retry_policy" => match value.cast::<RetryPolicy>() {
                Ok(policy) => endpoint.retry_policy(policy.get().0.clone()),
                Err(_) => return Err(wrong_type("retry_policy", "a RetryPolicy", &value)),
            },
            name @ ("connect_timeout" | "first_byte_timeout" | "total_timeout") => {
                let place = usize::from(name == "first_byte_timeout")
                    + 2 * usize::from(name == "total_timeout");
                timeouts[place] = Some(number::duration(name, &value)?);
                endpoint
            }
            "headers" => headers(&value, endpoint)?,
            "allow_http" => match value.is_truthy()? {
                true => endpoint.allow_http(),
                false => endpoint,
            },
            "allow_networks" => each("a network", &value, endpoint, Endpoint::allow_network)?,
            _ => return Err(wrong_type("a keyword", "a setting of an endpoint", &key)),
        };
    }
    let [connect, first_byte, total] = timeouts;
    Ok(endpoint.timeouts(connect, first_byte, total))
}

fn each(
    what: &str,
    items: &Bound<'_, PyAny>,
    mut endpoint: Endpoint,
    add: impl Fn(Endpoint, String) -> Endpoint,
) -> PyResult<Endpoint> {
    for item in items.try_iter()? {
        endpoint = add(endpoint, strict(what, &item?)?.to_owned());
    }
    Ok(endpoint)
}

fn headers(headers: &Bound<'_, PyAny>, mut endpoint: Endpoint) -> PyResult<Endpoint> {
    for pair in headers.try_iter()? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
        let (name, value) = (
            strict("a header", &name)?,
            strict("a header's value", &value)?,
        );
        endpoint = endpoint.header(name, value);
    }
    Ok(endpoint)
}

fn rate(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    match value.cast::<PyFloat>() {
        Ok(rate) => Ok(rate.value()),
        Err(_) => Ok(number::count("per_second", value)?.into()),
    }
}
