//! `write_payload`.

use pyo3::prelude::*;

use crate::number;
use crate::text::strict;

/// A payload as Standard Webhooks recommends it, ``{"id":…,"type":…,"timestamp":…,"data":…}``,
/// without white space between the parts. ``data`` is JSON as text, and stays as it is.
///
/// ``now`` is in Unix seconds, the host's clock if ``None``: RFC 3339 to the millisecond, ``null`` if
/// its year has more than four digits. Raises ``TypeError``, for lone surrogates too.
///
/// Every scheme of this package that reads ids, types and times out of JSON bodies at these names
/// finds them.
///
/// >>> from countersign import write_payload
/// >>> write_payload("msg_1", "invoice.paid", '{"n":7}', now=0)
/// '{"id":"msg_1","type":"invoice.paid","timestamp":"1970-01-01T00:00:00Z","data":{"n":7}}'
#[pyfunction]
#[pyo3(signature = (id, event_type, data, now=None))]
pub(crate) fn write_payload(
    id: &Bound<'_, PyAny>,
    event_type: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<String> {
    let id = strict("id", id)?;
    let event_type = strict("event_type", event_type)?;
    let data = strict("data", data)?;
    let now = number::time(now)?;
    Ok(countersign::write_payload(id, event_type, now, data))
}
