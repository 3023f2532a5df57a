//! The options of a sender, as Python says them.

use countersign::ConfigurationError;
use countersign_delivery::transport::{
    EnforcingProxy, Timeouts, TransportError, TransportSettings,
};
use countersign_delivery::{Retention, SenderOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::endpoint::HealthPolicy;
use crate::errors::{exception, wrong_type};
use crate::number;
use crate::retry::RetryPolicy;
use crate::scheme::{self, Scheme};
use crate::secret::{list_secrets, parse_secret};
use crate::text::strict;

/// The options of these keywords; those that are `None` are not said.
pub(super) fn options(settings: &Bound<'_, PyDict>) -> PyResult<SenderOptions> {
    let py = settings.py();
    let mut options = SenderOptions::new();
    let mut timeouts = Timeouts::default();
    let mut transport = TransportSettings::new();
    let mut retention = Retention::default();
    for (key, value) in settings {
        if value.is_none() {
            continue;
        }
        let name = strict("a keyword", &key)?;
        match name {
            "webhook" => {
                let (scheme, secrets): (Bound<'_, PyAny>, Bound<'_, PyAny>) = value.extract()?;
                let secrets = list_secrets(&secrets)?;
                let secrets = secrets
                    .iter()
                    .map(parse_secret)
                    .collect::<PyResult<Vec<_>>>()?;
                options = options
                    .webhook(named_or_own(&scheme)?, secrets)
                    .map_err(|error| exception(py, error))?;
            }
            "schemes" => {
                for scheme in value.try_iter()? {
                    let scheme = scheme?;
                    let Ok(scheme) = scheme.cast::<Scheme>() else {
                        return Err(wrong_type("one of the schemes", "a Scheme", &scheme));
                    };
                    options = options.scheme(scheme.get().0.clone());
                }
            }
            "schemas" => {
                // Each as the text of its JSON.
                for pair in value.try_iter()? {
                    let (pattern, schema): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
                        pair?.extract()?;
                    let schema = serde_json::from_str(strict("a schema", &schema)?)
                        .map_err(|_| exception(py, ConfigurationError::MalformedSchema))?;
                    options = options
                        .payload_schema(strict("a pattern", &pattern)?, &schema)
                        .map_err(|error| exception(py, error))?;
                }
            }
            "encryption_keys" => {
                for key in value.try_iter()? {
                    let key = crate::capi::copy_of_buffer(&key?)?;
                    options = options
                        .encryption_key(key.as_bytes())
                        .map_err(|error| exception(py, error))?;
                }
            }
            "retry_policy" => match value.cast::<RetryPolicy>() {
                Ok(policy) => options = options.retry_policy(policy.get().0.clone()),
                Err(_) => return Err(wrong_type(name, "a RetryPolicy", &value)),
            },
            "health_policy" => match value.cast::<HealthPolicy>() {
                Ok(policy) => options = options.health_policy(policy.get().0.clone()),
                Err(_) => return Err(wrong_type(name, "a HealthPolicy", &value)),
            },
            "root_certificates" => {
                let pem = crate::capi::copy_of_buffer(&value)?;
                transport = transport
                    .root_certificates(pem.as_bytes())
                    .map_err(refused)?;
            }
            "proxy" => transport = transport.proxy_that_enforces_destinations(proxy(&value)?),
            "concurrency" => options = options.concurrency(number::count(name, &value)? as usize),
            "endpoint_concurrency" => {
                options = options.endpoint_concurrency(number::count(name, &value)? as usize);
            }
            "payload_limit" => {
                options = options.payload_limit(number::count(name, &value)? as usize);
            }
            "lease" => options = options.lease(number::duration(name, &value)?),
            "connect_timeout" => timeouts.connect = number::duration(name, &value)?,
            "first_byte_timeout" => timeouts.first_byte = number::duration(name, &value)?,
            "total_timeout" => timeouts.total = number::duration(name, &value)?,
            "keep_delivered" => retention.delivered = number::duration(name, &value)?,
            "keep_delivered_count" => {
                retention.delivered_count = number::count(name, &value)?.into();
            }
            "keep_dead" => retention.dead = number::duration(name, &value)?,
            "keep_idempotency_keys" => retention.idempotency_keys = number::duration(name, &value)?,
            "survives_power_cut" => {
                if !value.is_truthy()? {
                    options = options.without_synchronisation();
                }
            }
            _ => return Err(wrong_type("a keyword", "a setting of a sender", &key)),
        }
    }
    Ok(options
        .timeouts(timeouts)
        .transport(transport)
        .retention(retention))
}

/// Of its URL, user and password; without user there is no password.
fn proxy(given: &Bound<'_, PyAny>) -> PyResult<EnforcingProxy> {
    let (url, user, password): (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>) =
        given.extract()?;
    let proxy = EnforcingProxy::parse(strict("the URL of the proxy", &url)?).map_err(refused)?;
    Ok(match user.is_none() {
        true => proxy,
        false => proxy.with_credentials(
            strict("the user of the proxy", &user)?,
            strict("the password of the proxy", &password)?,
        ),
    })
}

fn refused(error: TransportError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn named_or_own(scheme: &Bound<'_, PyAny>) -> PyResult<countersign::Scheme> {
    match scheme.cast::<Scheme>() {
        Ok(scheme) => Ok(scheme.get().0.clone()),
        Err(_) if scheme.is_instance_of::<PyString>() => scheme::named(scheme),
        Err(_) => Err(wrong_type("scheme", "a str or a Scheme", scheme)),
    }
}
