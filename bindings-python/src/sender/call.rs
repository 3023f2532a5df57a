//! `Call`: what was asked of a sender, and is done once somebody waits for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign::Error;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::sync::oneshot;

use super::completions::Waiting;
use super::process::Process;
use crate::errors::exception;

/// Makes the result for Python, or raises.
pub(super) type Answer = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

type Running = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// How often a wait that may be long looks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(100);

/// What was asked. A thread waits for it, or an event loop is told; once.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct Call {
    running: Mutex<Option<Running>>,
    /// Whether it may take longer than a database does.
    is_long: bool,
}

impl Call {
    pub(super) fn new<T: Send + 'static>(
        asked: impl Future<Output = Result<T, Error>> + Send + 'static,
        read: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> Self {
        let running = async move {
            let answered = asked.await;
            let answer: Answer = Box::new(move |py| match answered {
                Ok(value) => read(py, value),
                Err(error) => Err(exception(py, error)),
            });
            answer
        };
        Self {
            running: Mutex::new(Some(Box::pin(running))),
            is_long: false,
        }
    }

    pub(super) fn that_may_be_long(mut self) -> Self {
        self.is_long = true;
        self
    }

    fn take(&self) -> PyResult<Running> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let running = running.take();
        running.ok_or_else(|| PyRuntimeError::new_err("a call can be waited for once"))
    }
}

#[pymethods]
impl Call {
    /// Waits for the result, with other Python threads running.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let running = self.take()?;
        let process = Process::current()?;
        let answer = match self.is_long {
            false => py.detach(|| process.wait(running)),
            true => wait_for_long(py, process, running)?,
        };
        answer(py)
    }

    /// Has the future of this loop told.
    fn start(&self, event_loop: Py<PyAny>, future: Py<PyAny>) -> PyResult<()> {
        let running = self.take()?;
        let process = Process::current()?;
        let promise = process.completions.promise(Waiting { event_loop, future });
        process.spawn(async move { promise.keep(running.await) });
        Ok(())
    }
}

/// Ctrl-C ends the waiting, and not what is waited for.
fn wait_for_long(py: Python<'_>, process: &Process, running: Running) -> PyResult<Answer> {
    let (answer, mut answered) = oneshot::channel();
    process.spawn(async move {
        // Nobody may wait any more.
        let _ = answer.send(running.await);
    });
    loop {
        let look = async { tokio::time::timeout(LOOK, &mut answered).await };
        match py.detach(|| process.wait(look)) {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(_)) => return Err(PyRuntimeError::new_err("a thread of the sender has failed")),
            Err(_) => py.check_signals()?,
        }
    }
}
