//! `Explanation`, `Finding` and `detect`.

use countersign::explain::Evidence;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::headers::Every;
use crate::text::representation;

/// Why a request is refused, and what would make it pass. ``str()`` is the report as text.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Explanation {
    key_index: Option<usize>,
    code: Option<&'static str>,
    message: Option<String>,
    findings: Py<PyTuple>,
    text: String,
}

impl Explanation {
    pub(crate) fn new(
        py: Python<'_>,
        explanation: &countersign::explain::Explanation,
    ) -> PyResult<Self> {
        let findings = explanation.findings().iter();
        let findings = findings.map(|finding| Py::new(py, Finding(finding.clone())));
        let findings = findings.collect::<PyResult<Vec<_>>>()?;
        let verdict = explanation.verdict();
        Ok(Self {
            key_index: verdict.ok(),
            code: verdict.err().map(countersign::VerificationError::code),
            message: verdict.err().map(ToString::to_string),
            findings: PyTuple::new(py, findings)?.unbind(),
            text: explanation.to_string(),
        })
    }
}

#[pymethods]
impl Explanation {
    /// Whether ``verify`` accepts the request.
    #[getter]
    fn accepted(&self) -> bool {
        self.key_index.is_some()
    }

    /// Which secret fits, counted from 0; ``None`` of a request that is refused.
    #[getter]
    fn key_index(&self) -> Option<usize> {
        self.key_index
    }

    /// The code that ``verify`` refuses the request with; ``None`` of one that is accepted.
    #[getter]
    fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// The message of that refusal.
    #[getter]
    fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What is wrong, the surest first; empty where nothing was found.
    #[getter]
    fn findings(&self, py: Python<'_>) -> Py<PyTuple> {
        self.findings.clone_ref(py)
    }

    /// The whole report as text.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let fields = [
            ("key_index", &self.key_index.into_bound_py_any(py)?),
            ("code", &self.code.into_bound_py_any(py)?),
            ("findings", self.findings.bind(py).as_any()),
        ];
        representation("Explanation", &fields)
    }
}

/// One thing that is wrong with a request.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Finding(countersign::explain::Finding);

#[pymethods]
impl Finding {
    /// What it is, the same in every language.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code().as_str()
    }

    /// ``proven`` if the signature fits once this is undone, or the fault is plain; else ``likely``.
    #[getter]
    fn certainty(&self) -> &'static str {
        self.0.certainty().as_str()
    }

    /// Facts by name: numbers, words and names of headers.
    #[getter]
    fn evidence<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let facts = PyDict::new(py);
        for (name, value) in self.0.evidence() {
            match value {
                Evidence::Number(number) => facts.set_item(name, number)?,
                Evidence::Text(text) => facts.set_item(name, &**text)?,
                // Core has no other kind.
                _ => {}
            }
        }
        Ok(facts)
    }

    /// What to do about it.
    #[getter]
    fn suggestion(&self) -> &'static str {
        self.0.suggestion()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let evidence = self.evidence(py)?;
        let fields = [
            ("code", &self.code().into_bound_py_any(py)?),
            ("certainty", &self.certainty().into_bound_py_any(py)?),
            ("evidence", evidence.as_any()),
        ];
        representation("Finding", &fields)
    }
}

/// The names of the registered schemes whose headers these are, the likeliest first. For reports: a
/// verdict is by the scheme that the program names.
///
/// >>> from countersign import Webhook, detect
/// >>> detect(Webhook("slack", "hush").sign(b"{}"))
/// ['slack']
#[pyfunction]
pub(crate) fn detect(headers: &Bound<'_, PyAny>) -> PyResult<Vec<&'static str>> {
    let every = Every::read(headers)?;
    Ok(countersign::explain::detect(&every.pairs()))
}
