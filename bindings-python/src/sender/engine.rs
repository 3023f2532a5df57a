//! `SenderEngine`: a sender that is open in this process.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

use countersign::{DeliveryError, UnixTime};
use countersign_delivery::transport::TransportError;
use countersign_delivery::{Dispatcher, OpenError, Sender};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::call::Call;
use super::endpoint::endpoint;
use super::message::message;
use super::options::options;
use super::own_locks;
use super::own_statements::OwnStatements;
use super::postgres;
use super::process::Process;
use super::rows;
use crate::errors::exception;
use crate::monitor::{MonitorState, OutboxView};
use crate::number;
use crate::text::strict;

/// A sender that is open in this process. A child of it must make its own.
///
/// The methods that give a ``Call`` do nothing before that is waited for.
#[pyclass(frozen, module = "countersign._countersign")]
pub(crate) struct SenderEngine {
    process: u32,
    open: Mutex<Option<Open>>,
    /// Gone when the database is closed.
    in_use: Weak<()>,
}

struct Open {
    sender: Sender,
    dispatcher: Option<Dispatcher>,
}

#[pymethods]
impl SenderEngine {
    #[new]
    fn new(
        py: Python<'_>,
        database: PathBuf,
        is_postgres: bool,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let options = options(settings)?;
        let process = Process::current()?;
        super::log::forward();
        let token = Arc::new(());
        let in_use = Arc::downgrade(&token);
        let clock = move || {
            let _in_use = &token;
            system_time()
        };
        let options = options.clock(clock);
        own_locks::separate();
        let opened = py.detach(|| {
            process.enter(|| match is_postgres {
                true => postgres::open(options, &database.to_string_lossy()),
                false => options
                    .open_sqlite(database)
                    .map_err(OpenError::into_source),
            })
        });
        let sender = opened.map_err(|reason| unopened(py, &*reason))?;
        Ok(Self {
            process: std::process::id(),
            open: Mutex::new(Some(Open {
                sender,
                dispatcher: None,
            })),
            in_use,
        })
    }

    /// Closes in the child of a fork what belongs to the parent.
    #[staticmethod]
    fn forget_inherited() {
        own_locks::forget_inherited();
    }

    /// Whether other connections of this process, by another SQLite, can use the file at the same
    /// time.
    #[staticmethod]
    fn shares_files() -> bool {
        own_locks::ARE_APART
    }

    /// Closes the database, unless a dispatcher or a call still uses it; whether it is closed.
    fn close(&self, py: Python<'_>) -> bool {
        let mut open = self.lock();
        if open.as_ref().is_some_and(|open| open.dispatcher.is_some()) {
            return false;
        }
        let closing = open.take();
        drop(open);
        py.detach(|| drop(closing));
        self.in_use.strong_count() == 0
    }

    /// Whether it was not closed.
    fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether it has a dispatcher.
    fn is_started(&self) -> bool {
        let open = self.lock();
        open.as_ref().is_some_and(|open| open.dispatcher.is_some())
    }

    /// Starts a dispatcher, unless it has one.
    fn start(&self, py: Python<'_>) -> PyResult<()> {
        let process = Process::current()?;
        let mut open = self.lock();
        let open = open.as_mut().ok_or_else(closed)?;
        if open.dispatcher.is_some() {
            return Ok(());
        }
        let started = process.enter(|| open.sender.start());
        open.dispatcher = Some(started.map_err(|error| exception(py, error))?);
        Ok(())
    }

    /// Stops the dispatcher, whether all ended in time.
    fn stop(&self, patience: &Bound<'_, PyAny>) -> PyResult<Call> {
        let patience = number::duration("patience", patience)?;
        let dispatcher = self.lock().as_mut().and_then(|open| open.dispatcher.take());
        let stopped = async move {
            Ok::<_, countersign::Error>(match dispatcher {
                Some(dispatcher) => dispatcher.stop(patience).await,
                None => true,
            })
        };
        Ok(Call::new(stopped, |py, has_ended| has_ended.into_py_any(py)).that_may_be_long())
    }

    /// Stores a message, of the data as the text of its JSON or the payload as bytes.
    fn send(
        &self,
        to: &Bound<'_, PyAny>,
        event_type: &Bound<'_, PyAny>,
        content: &Bound<'_, PyAny>,
        id: Option<&Bound<'_, PyAny>>,
        idempotency_key: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let to = strict("to", to)?.to_owned();
        let message = message(event_type, content, id, idempotency_key)?;
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.send(&to, &message).await },
            rows::sent,
        ))
    }

    /// Stores messages, all or none: to, type, content, id and idempotency key of each.
    #[allow(clippy::type_complexity, reason = "the tuple that Python gives")]
    fn send_many<'py>(
        &self,
        messages: Vec<(
            Bound<'py, PyAny>,
            Bound<'py, PyAny>,
            Bound<'py, PyAny>,
            Option<Bound<'py, PyAny>>,
            Option<Bound<'py, PyAny>>,
        )>,
    ) -> PyResult<Call> {
        let messages = messages.iter().map(|(to, event_type, content, id, key)| {
            let to = strict("to", to)?.to_owned();
            Ok((to, message(event_type, content, id.as_ref(), key.as_ref())?))
        });
        let messages = messages.collect::<PyResult<Vec<_>>>()?;
        let sender = self.sender()?;
        let sent = async move {
            let messages = messages.iter().map(|(to, message)| (&**to, message));
            sender.send_many(messages).await
        };
        Ok(Call::new(sent, rows::all_sent))
    }

    /// Stores a message for all endpoints of an owner that want it.
    fn publish(
        &self,
        event_type: &Bound<'_, PyAny>,
        content: &Bound<'_, PyAny>,
        owner: &Bound<'_, PyAny>,
        id: Option<&Bound<'_, PyAny>>,
        idempotency_key: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let message = message(event_type, content, id, idempotency_key)?;
        let message = message.owner(strict("the owner", owner)?);
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.publish(&message).await },
            rows::sent,
        ))
    }

    /// What sends a message in a transaction of the caller's own.
    fn own_statements(
        &self,
        py: Python<'_>,
        to: &Bound<'_, PyAny>,
        event_type: &Bound<'_, PyAny>,
        content: &Bound<'_, PyAny>,
        id: Option<&Bound<'_, PyAny>>,
        idempotency_key: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<OwnStatements> {
        let message = message(event_type, content, id, idempotency_key)?;
        let own = self.sender()?.own_statements(strict("to", to)?, &message);
        own.map(OwnStatements::new)
            .map_err(|error| exception(py, error))
    }

    /// Registers an endpoint with the settings of ``countersign.sender.Endpoint``.
    fn put_endpoint(
        &self,
        id: &Bound<'_, PyAny>,
        url: &Bound<'_, PyAny>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Call> {
        let endpoint = endpoint(id, url, settings)?;
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.put_endpoint(&endpoint).await },
            nothing,
        ))
    }

    /// Puts a secret before those of an endpoint.
    fn rotate_secret(&self, id: &Bound<'_, PyAny>, secret: &Bound<'_, PyAny>) -> PyResult<Call> {
        let id = strict("the id", id)?.to_owned();
        let secret = zeroize::Zeroizing::new(strict("the secret", secret)?.to_owned());
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.rotate_secret(&id, &secret).await },
            nothing,
        ))
    }

    /// Leaves an endpoint its first secret.
    fn retire_secrets(&self, id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", id)?.to_owned(), self.sender()?);
        Ok(Call::new(
            async move { sender.retire_secrets(&id).await },
            nothing,
        ))
    }

    /// Enables an endpoint; whether there is one.
    fn enable(&self, id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", id)?.to_owned(), self.sender()?);
        Ok(Call::new(async move { sender.enable(&id).await }, truth))
    }

    /// Disables an endpoint; whether there is one.
    fn disable(&self, id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", id)?.to_owned(), self.sender()?);
        Ok(Call::new(async move { sender.disable(&id).await }, truth))
    }

    /// Deletes an endpoint; whether there was one.
    fn delete_endpoint(&self, id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", id)?.to_owned(), self.sender()?);
        Ok(Call::new(
            async move { sender.delete_endpoint(&id).await },
            truth,
        ))
    }

    /// The endpoint of an id, or ``None``.
    fn endpoint(&self, id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", id)?.to_owned(), self.sender()?);
        let found = async move { sender.endpoint(&id).await };
        Ok(Call::new(found, rows::maybe(rows::registered)))
    }

    /// The endpoints after an id, at most so many.
    fn endpoints(&self, after: &Bound<'_, PyAny>, count: &Bound<'_, PyAny>) -> PyResult<Call> {
        let after = strict("after", after)?.to_owned();
        let count = number::count("limit", count)?;
        let sender = self.sender()?;
        let found = async move { sender.endpoints(&after, count).await };
        Ok(Call::new(found, rows::each(rows::registered)))
    }

    /// The latest deliveries that are wanted, at most so many.
    fn deliveries(&self, wanted: &Bound<'_, PyDict>, count: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (filter, count) = (rows::filter(wanted)?, number::count("limit", count)?);
        let sender = self.sender()?;
        let found = async move { sender.deliveries(&filter, count).await };
        Ok(Call::new(found, rows::each(rows::delivery)))
    }

    /// The deliveries of a message.
    fn deliveries_of(&self, message_id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", message_id)?.to_owned(), self.sender()?);
        let found = async move { sender.deliveries_of(&id).await };
        Ok(Call::new(found, rows::each(rows::delivery)))
    }

    /// The delivery of a number, or ``None``.
    fn delivery(&self, number: i64) -> PyResult<Call> {
        let sender = self.sender()?;
        let found = async move { sender.delivery(number).await };
        Ok(Call::new(found, rows::maybe(rows::delivery)))
    }

    /// Deletes a delivery that is dead or delivered; whether there was one.
    fn delete_delivery(&self, number: i64) -> PyResult<Call> {
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.delete_delivery(number).await },
            truth,
        ))
    }

    /// The payload of a message, or ``None``.
    fn payload(&self, message_id: &Bound<'_, PyAny>) -> PyResult<Call> {
        let (id, sender) = (strict("the id", message_id)?.to_owned(), self.sender()?);
        let found = async move { sender.payload(&id).await };
        Ok(Call::new(found, |py, payload| {
            payload.as_deref().into_py_any(py)
        }))
    }

    /// The latest attempts of a delivery, at most so many.
    fn attempts(&self, number: i64, count: &Bound<'_, PyAny>) -> PyResult<Call> {
        let count = number::count("limit", count)?;
        let sender = self.sender()?;
        let found = async move { sender.attempts(number, count).await };
        Ok(Call::new(found, rows::each(rows::attempt)))
    }

    /// How many deliveries are in each state.
    fn counts(&self) -> PyResult<Call> {
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.counts().await },
            rows::counts,
        ))
    }

    /// Has one delivered once more; whether there is one.
    fn replay(&self, number: i64) -> PyResult<Call> {
        let sender = self.sender()?;
        Ok(Call::new(async move { sender.replay(number).await }, truth))
    }

    /// Has all dead letters that are wanted delivered once more, so many a second.
    fn replay_all(
        &self,
        wanted: &Bound<'_, PyDict>,
        per_second: &Bound<'_, PyAny>,
    ) -> PyResult<Call> {
        let filter = rows::filter(wanted)?;
        let per_second = number::count("per_second", per_second)?;
        let sender = self.sender()?;
        let begun = async move { sender.replay_all(&filter, per_second).await };
        Ok(Call::new(begun, rows::replay))
    }

    /// The latest replays, at most so many.
    fn replays(&self, count: &Bound<'_, PyAny>) -> PyResult<Call> {
        let count = number::count("limit", count)?;
        let sender = self.sender()?;
        let found = async move { sender.replays(count).await };
        Ok(Call::new(found, rows::each(rows::replay)))
    }

    /// Ends a replay; whether it was running.
    fn cancel_replay(&self, number: i64) -> PyResult<Call> {
        let sender = self.sender()?;
        Ok(Call::new(
            async move { sender.cancel_replay(number).await },
            truth,
        ))
    }

    /// Has the attempts of this engine counted.
    fn observe(&self, monitor: &MonitorState) -> PyResult<()> {
        let counts = monitor.counts();
        self.sender()?
            .observe(move |attempt| counts.observe_attempt(attempt));
        Ok(())
    }

    /// What a monitor shows of the outbox, as an ``OutboxView``.
    fn shown(&self, on_page: bool) -> PyResult<Call> {
        let sender = self.sender()?;
        let shown = async move { Ok::<_, countersign::Error>(sender.shown(on_page).await) };
        Ok(Call::new(shown, |py, view| {
            OutboxView(view).into_py_any(py)
        }))
    }

    /// Has a dead letter delivered once more that is shown; whether there is one.
    fn replay_shown(&self, number: u64) -> PyResult<Call> {
        let sender = self.sender()?;
        let replayed = async move { sender.replay_shown(number).await };
        Ok(Call::new(replayed, truth))
    }
}

impl SenderEngine {
    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sender(&self) -> PyResult<Sender> {
        let open = self.lock();
        Ok(open.as_ref().ok_or_else(closed)?.sender.clone())
    }
}

impl Drop for SenderEngine {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Its threads are in the parent, and SQLite forbids to close its connection here.
            let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(open.take());
        }
    }
}

fn unopened(py: Python<'_>, reason: &(dyn Error + Send + Sync + 'static)) -> PyErr {
    if let Some(TransportError::UnusableCertificate(_)) = reason.downcast_ref() {
        return PyValueError::new_err(reason.to_string());
    }
    let code = DeliveryError::OutboxUnavailable.code();
    let message = format!("the sender cannot be opened: {reason}");
    let raised = py
        .import("countersign.errors")
        .and_then(|errors| errors.getattr("DeliveryError")?.call1((code, message)));
    raised.map_or_else(|error| error, PyErr::from_value)
}

fn closed() -> PyErr {
    PyRuntimeError::new_err("the sender is closed")
}

fn nothing(py: Python<'_>, (): ()) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn truth(py: Python<'_>, is_so: bool) -> PyResult<Py<PyAny>> {
    is_so.into_py_any(py)
}

fn system_time() -> UnixTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::from(since_epoch.unwrap_or_default())
}
