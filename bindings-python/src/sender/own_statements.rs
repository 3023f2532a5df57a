//! `OwnStatements`: what sends a message in a transaction of the caller's own.

use std::sync::{Mutex, PoisonError};

use countersign_database::{Answered, Row, Statement, Value};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use super::rows;
use crate::errors::exception;
use crate::text::strict;

/// What sends a message in a transaction of the caller's own.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct OwnStatements(Mutex<Option<countersign_delivery::OwnStatements>>);

#[pymethods]
impl OwnStatements {
    /// Their texts, and their values in a transaction that began then. All are to be done.
    fn at<'py>(
        &self,
        py: Python<'py>,
        now_ms: i64,
    ) -> PyResult<Vec<(String, Bound<'py, PyTuple>)>> {
        let own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.as_ref().ok_or_else(answered)?;
        let placed = |statement: &Statement| {
            let values = statement
                .values
                .iter()
                .map(|given| value(py, &given.at(now_ms)));
            let values = values.collect::<PyResult<Vec<_>>>()?;
            Ok((
                statement.text.clone().into_owned(),
                PyTuple::new(py, values)?,
            ))
        };
        own.statements().iter().map(placed).collect()
    }

    /// What became of the message, by how many rows each of them changed, and the first that it
    /// found, if it finds any; once.
    fn sent(
        &self,
        py: Python<'_>,
        answers: Vec<(i64, Option<Bound<'_, PyTuple>>)>,
    ) -> PyResult<Py<PyAny>> {
        let own = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let answers = answers
            .into_iter()
            .map(|(changed, found)| answer(changed, found));
        let answers = answers.collect::<PyResult<Vec<_>>>()?;
        let sent = own.ok_or_else(answered)?.sent(&answers);
        rows::sent(py, sent.map_err(|error| exception(py, error))?)
    }
}

impl OwnStatements {
    pub(super) fn new(own: countersign_delivery::OwnStatements) -> Self {
        Self(Mutex::new(Some(own)))
    }
}

fn answered() -> PyErr {
    PyRuntimeError::new_err("these statements were answered before")
}

fn answer(changed: i64, found: Option<Bound<'_, PyTuple>>) -> PyResult<Answered> {
    let mut answer = Answered::default();
    // What changes nothing may say -1.
    answer.changed = changed.try_into().unwrap_or(0);
    if let Some(found) = found {
        let values = found.iter().map(|value| {
            if value.is_none() {
                Ok(Value::Null)
            } else if value.is_instance_of::<PyString>() {
                strict("a text", &value).map(Value::text)
            } else {
                value.extract().map(Value::Integer)
            }
        });
        answer.rows = vec![Row::new(values.collect::<PyResult<Vec<_>>>()?)];
    }
    Ok(answer)
}

fn value(py: Python<'_>, value: &Value) -> PyResult<Py<PyAny>> {
    match value {
        Value::Integer(integer) => integer.into_py_any(py),
        Value::Real(real) => real.into_py_any(py),
        Value::Text(text) => text.into_py_any(py),
        Value::Bytes(bytes) => PyBytes::new(py, bytes).into_py_any(py),
        // Times have become integers.
        _ => Ok(py.None()),
    }
}
