//! `Tolerance`.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::wrong_type;
use crate::number::whole_seconds;
use crate::text::representation;

/// How far the attempt timestamp may be from now, in whole seconds. Zero means zero.
///
/// ``Tolerance(300)`` is 300 seconds both ways. ``Tolerance(past=300, future=None)`` names both
/// sides, and ``None`` leaves one unchecked. A number that is negative, not finite or no number
/// raises ``TypeError``.
///
/// >>> from countersign import Tolerance
/// >>> Tolerance(300)
/// Tolerance(past=300, future=300)
/// >>> Tolerance(past=300, future=None).future is None
/// True
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct Tolerance(pub(crate) countersign::Tolerance);

/// One side: not given, or given with `None` for unchecked.
#[derive(Clone, Copy)]
enum Side {
    Omitted,
    Given(Option<u64>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Side {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::Given(None));
        }
        whole_seconds("a tolerance", &value).map(|seconds| Self::Given(Some(seconds)))
    }
}

#[pymethods]
impl Tolerance {
    #[new]
    #[pyo3(signature = (seconds=Side::Omitted, /, *, past=Side::Omitted, future=Side::Omitted))]
    fn new(seconds: Side, past: Side, future: Side) -> PyResult<Self> {
        match (seconds, past, future) {
            (Side::Given(Some(seconds)), Side::Omitted, Side::Omitted) => {
                Ok(Self(countersign::Tolerance::new(seconds)))
            }
            (Side::Omitted, Side::Given(past), Side::Given(future)) => {
                Ok(Self(countersign::Tolerance::from_sides(past, future)))
            }
            _ => Err(PyTypeError::new_err(
                "a tolerance is Tolerance(seconds), Tolerance(past=..., future=...) with both \
                 sides named, or Tolerance.unchecked()",
            )),
        }
    }

    /// Any timestamp. Every captured request can then be replayed for ever.
    ///
    /// >>> from countersign import Tolerance
    /// >>> Tolerance.unchecked()
    /// Tolerance(past=None, future=None)
    #[staticmethod]
    fn unchecked() -> Self {
        Self(countersign::Tolerance::unchecked())
    }

    /// Seconds that the timestamp may lie in the past; ``None`` is unchecked.
    #[getter]
    fn past(&self) -> Option<u64> {
        self.0.past()
    }

    /// Seconds that the timestamp may lie in the future; ``None`` is unchecked.
    #[getter]
    fn future(&self) -> Option<u64> {
        self.0.future()
    }

    fn __hash__(&self) -> u64 {
        let mix = |side: Option<u64>| side.map_or(u64::MAX, |side| side);
        mix(self.0.past())
            .wrapping_mul(31)
            .wrapping_add(mix(self.0.future()))
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((), Bound<'py, PyDict>)> {
        let sides = PyDict::new(py);
        sides.set_item("past", self.past())?;
        sides.set_item("future", self.future())?;
        Ok(((), sides))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let past = self.past().into_bound_py_any(py)?;
        let future = self.future().into_bound_py_any(py)?;
        representation("Tolerance", &[("past", &past), ("future", &future)])
    }
}

/// The value of a parameter that is a `Tolerance`.
pub(crate) fn argument(value: &Bound<'_, PyAny>) -> PyResult<countersign::Tolerance> {
    let tolerance = value.cast::<Tolerance>();
    let tolerance =
        tolerance.map_err(|_| wrong_type("the tolerance", "a Tolerance or None", value))?;
    Ok(tolerance.get().0)
}
