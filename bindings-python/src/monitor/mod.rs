//! The monitor and the status page, as core decides them: what `countersign.monitor` is made of.

mod page;
mod state;
mod turn;
mod views;

use countersign::monitor;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pub(crate) use page::{
    StatusRules, judged_path, status_data, status_delivery_replayed, status_metrics,
    status_refused, status_replayed,
};
pub(crate) use state::MonitorState;
pub(crate) use views::{InboxView, OutboxView, is_shown};

/// The media type of the metrics.
#[pyfunction]
pub(crate) fn openmetrics_type() -> &'static str {
    monitor::CONTENT_TYPE
}

/// The text, or its beginning with an ellipsis if it is too long to be kept.
#[pyfunction]
pub(crate) fn shortened(text: &str) -> String {
    monitor::shortened(text).into_owned()
}

fn refused(error: monitor::MonitorError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
