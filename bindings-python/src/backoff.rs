//! `Backoff`.

use std::time::Duration;

use countersign::Jitter;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySequence, PyString};

use crate::errors::{wrong_type, wrong_value};
use crate::number;

const DAY: Duration = Duration::from_secs(86_400);

/// The delay before each attempt of a delivery, the first included; durations are in seconds.
///
/// ``jitter`` spreads the retries of many messages: ``none``, ``full`` (anything up to the delay)
/// or ``equal`` (half of it and anything up to the other half). Arguments of another type, and
/// numbers that are negative or not finite, raise ``TypeError``.
///
/// >>> from countersign import Backoff
/// >>> Backoff.exponential(1, attempts=5, cap=5).delays([0] * 5)
/// [0, 1, 2, 4, 5]
#[pyclass(frozen, eq, module = "countersign")]
#[derive(PartialEq)]
pub(crate) struct Backoff(pub(crate) countersign::Backoff);

#[pymethods]
impl Backoff {
    /// These delays in seconds, one for each attempt.
    ///
    /// >>> from countersign import Backoff
    /// >>> Backoff.fixed([0, 5, 300], jitter="full").attempts
    /// 3
    #[staticmethod]
    #[pyo3(signature = (delays, *, jitter=None), text_signature = "(delays, *, jitter='none')")]
    fn fixed(delays: &Bound<'_, PyAny>, jitter: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let is_text = delays.is_instance_of::<PyString>() || delays.is_instance_of::<PyBytes>();
        let durations = match delays.cast::<PySequence>() {
            Ok(delays) if !is_text => delays
                .try_iter()?
                .map(|delay| number::duration("a delay", &delay?))
                .collect::<PyResult<Vec<_>>>()?,
            _ => return Err(wrong_type("the delays", "a sequence of numbers", delays)),
        };
        let backoff = countersign::Backoff::fixed(durations);
        Ok(Self(with_jitter(backoff, jitter)?))
    }

    /// No delay before the first attempt, ``base`` seconds before the second, each later one
    /// ``factor`` times the one before, at most ``cap`` seconds.
    #[staticmethod]
    #[pyo3(
        signature = (base, factor=None, cap=None, *, attempts, jitter=None),
        text_signature = "(base, factor=2, cap=86400, *, attempts, jitter='none')"
    )]
    fn exponential(
        base: &Bound<'_, PyAny>,
        factor: Option<&Bound<'_, PyAny>>,
        cap: Option<&Bound<'_, PyAny>>,
        attempts: &Bound<'_, PyAny>,
        jitter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let base = number::duration("base", base)?;
        let factor = factor.map_or(Ok(2), |factor| number::count("factor", factor))?;
        let cap = cap.map_or(Ok(DAY), |cap| number::duration("cap", cap))?;
        let attempts = number::count("attempts", attempts)?;
        let backoff = countersign::Backoff::exponential(base, factor, cap, attempts);
        Ok(Self(with_jitter(backoff, jitter)?))
    }

    /// The schedule of Standard Webhooks: ten attempts over three days, with equal jitter.
    #[staticmethod]
    #[pyo3(signature = (*, jitter=None), text_signature = "(*, jitter='equal')")]
    fn standard(jitter: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        with_jitter(countersign::Backoff::standard(), jitter).map(Self)
    }

    /// How many attempts there are.
    #[getter]
    fn attempts(&self) -> u32 {
        self.0.attempts()
    }

    /// The seconds before this attempt, counted from 1; ``None`` if it is not made. ``entropy``
    /// (32 bits, as ``int``) feeds the jitter.
    fn delay<'py>(
        &self,
        attempt: &Bound<'py, PyAny>,
        entropy: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = attempt.py();
        let attempt = number::count("attempt", attempt)?;
        let delay = self.0.delay(attempt, number::entropy(entropy)?);
        delay
            .map(|delay| number::from_duration(py, delay))
            .transpose()
    }

    /// The seconds before all attempts, with the entropy for each; as many as there is entropy
    /// for.
    fn delays<'py>(&self, entropy: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let py = entropy.py();
        let entropies = entropy
            .try_iter()
            .map_err(|_| wrong_type("the entropy", "an iterable of int", entropy))?;
        (1..=self.0.attempts())
            .zip(entropies)
            .filter_map(|(attempt, entropy)| {
                let delay = |entropy| self.0.delay(attempt, entropy);
                entropy
                    .and_then(|entropy| number::entropy(&entropy))
                    .map(delay)
                    .transpose()
            })
            .map(|delay| number::from_duration(py, delay?))
            .collect()
    }

    fn __repr__(&self) -> String {
        format!("Backoff(attempts={})", self.0.attempts())
    }
}

fn with_jitter(
    backoff: countersign::Backoff,
    jitter: Option<&Bound<'_, PyAny>>,
) -> PyResult<countersign::Backoff> {
    const WANTED: &str = "'none', 'full' or 'equal'";
    let Some(jitter) = jitter else {
        return Ok(backoff);
    };
    if !jitter.is_instance_of::<PyString>() {
        return Err(wrong_type("jitter", WANTED, jitter));
    }
    let jitter = match &*crate::text::lossy("jitter", jitter)? {
        "none" => Jitter::None,
        "full" => Jitter::Full,
        "equal" => Jitter::Equal,
        _ => return Err(wrong_value("jitter", WANTED)),
    };
    Ok(backoff.with_jitter(jitter))
}
