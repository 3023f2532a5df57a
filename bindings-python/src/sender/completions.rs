//! Tells Python what has ended, and what is to be logged.

use std::io;
use std::iter;
use std::sync::mpsc::{self, Receiver, Sender};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::call::Answer;
use super::log::Line;

/// A future of asyncio, and the loop that it belongs to.
pub(super) struct Waiting {
    pub(super) event_loop: Py<PyAny>,
    pub(super) future: Py<PyAny>,
}

enum News {
    Ended(Ended),
    Line(Line),
}

struct Ended {
    waiting: Waiting,
    /// `None` if there will never be one.
    answer: Option<Answer>,
}

/// A thread of its own, so that those that deliver never wait for the interpreter. It tells a loop
/// of all that ended meanwhile at once.
pub(super) struct Completions(Sender<News>);

impl Completions {
    pub(super) fn start() -> io::Result<Self> {
        let (sender, news) = mpsc::channel();
        let thread = std::thread::Builder::new().name("countersign-py".to_owned());
        thread.spawn(move || tell_all(&news))?;
        Ok(Self(sender))
    }

    /// A promise to tell who waits.
    pub(super) fn promise(&self, waiting: Waiting) -> Promise {
        Promise {
            to: self.0.clone(),
            waiting: Some(waiting),
        }
    }

    pub(super) fn log(&self, line: Line) {
        // The thread ends with the interpreter, and then nobody reads it.
        let _ = self.0.send(News::Line(line));
    }
}

/// It is kept also by a task that panics or is dropped: nobody waits for ever.
pub(super) struct Promise {
    to: Sender<News>,
    waiting: Option<Waiting>,
}

impl Promise {
    pub(super) fn keep(mut self, answer: Answer) {
        self.tell(Some(answer));
    }

    fn tell(&mut self, answer: Option<Answer>) {
        if let Some(waiting) = self.waiting.take() {
            // The thread ends with the interpreter, and then nobody waits.
            let _ = self.to.send(News::Ended(Ended { waiting, answer }));
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.tell(None);
    }
}

fn tell_all(news: &Receiver<News>) {
    while let Ok(first) = news.recv() {
        let all: Vec<News> = iter::once(first).chain(news.try_iter()).collect();
        if Python::try_attach(|py| tell(py, all)).is_none() {
            return;
        }
    }
}

fn tell(py: Python<'_>, all: Vec<News>) {
    let mut ended = Vec::with_capacity(all.len());
    for one in all {
        match one {
            News::Ended(one) => ended.push(one),
            News::Line(line) => {
                if let Err(error) = line.write(py) {
                    error.write_unraisable(py, None);
                }
            }
        }
    }
    let mut all = ended.into_iter().peekable();
    while let Some(first) = all.next() {
        let event_loop = first.waiting.event_loop.clone_ref(py);
        let mut together = vec![result(py, first)];
        while let Some(next) = all.next_if(|next| next.waiting.event_loop.is(&event_loop)) {
            together.push(result(py, next));
        }
        if let Err(error) = call(py, &event_loop, together) {
            // A loop that is closed has cancelled all who waited in it.
            if !error.is_instance_of::<PyRuntimeError>(py) {
                error.write_unraisable(py, Some(event_loop.bind(py)));
            }
        }
    }
}

type Settled = (Py<PyAny>, bool, Py<PyAny>);

/// The future, whether it is a result, and the result or the exception.
fn result(py: Python<'_>, ended: Ended) -> Settled {
    let answer = match ended.answer {
        Some(answer) => answer(py),
        None => Err(PyRuntimeError::new_err("a thread of the sender has failed")),
    };
    match answer {
        Ok(value) => (ended.waiting.future, true, value),
        Err(error) => (ended.waiting.future, false, error.into_value(py).into_any()),
    }
}

fn call(py: Python<'_>, event_loop: &Py<PyAny>, together: Vec<Settled>) -> PyResult<()> {
    let settle = pyo3::wrap_pyfunction!(settle, py)?;
    let together = PyList::new(py, together)?;
    event_loop.call_method1(py, "call_soon_threadsafe", (settle, together))?;
    Ok(())
}

/// Is called by the loop.
#[pyfunction]
fn settle(py: Python<'_>, together: Vec<Settled>) -> PyResult<()> {
    for (future, is_result, value) in together {
        let future = future.bind(py);
        // Who waited may have been cancelled.
        if !future.call_method0("done")?.is_truthy()? {
            let method = if is_result {
                "set_result"
            } else {
                "set_exception"
            };
            future.call_method1(method, (value,))?;
        }
    }
    Ok(())
}
