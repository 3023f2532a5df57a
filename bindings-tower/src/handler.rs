//! Handlers, of whatever type they are, and how one is run.

use std::any::type_name;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use countersign::{GuardError, HandshakeReply};
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use crate::event::ReceivedEvent;
use crate::journal::Journal;

/// Fails with the name of the error's type: its text may quote the payload.
type HandlerFuture = Pin<Box<dyn Future<Output = Result<(), &'static str>> + Send>>;

/// What takes the events of a pattern.
pub(crate) type Handler = Arc<dyn Fn(ReceivedEvent) -> HandlerFuture + Send + Sync>;

pub(crate) fn handler<H, F, E>(handle: H) -> Handler
where
    H: Fn(ReceivedEvent) -> F + Send + Sync + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + 'static,
{
    Arc::new(move |event| {
        let handled = handle(event);
        Box::pin(async move { handled.await.map_err(|_| type_name::<E>()) })
    })
}

/// Whether the program asked for what a handshake hands over.
pub(crate) type Consent = Arc<dyn Fn(HandshakeReply) -> ConsentFuture + Send + Sync>;

type ConsentFuture = Pin<Box<dyn Future<Output = bool> + Send>>;

pub(crate) fn consent<H, F>(decide: H) -> Consent
where
    H: Fn(HandshakeReply) -> F + Send + Sync + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    Arc::new(move |reply| Box::pin(decide(reply)))
}

/// What the program decides; `handler_failed` if it panics.
pub(crate) async fn ask(
    consent: &Consent,
    reply: HandshakeReply,
    journal: &Journal,
) -> Result<bool, GuardError> {
    let consent = consent.clone();
    let work = async move { consent(reply).await };
    tokio::spawn(work.in_current_span()).await.map_err(|_| {
        journal.handler_failed("panicked", None);
        GuardError::HandlerFailed
    })
}

/// Whether the handler succeeds.
pub(crate) async fn run(handler: Handler, event: ReceivedEvent, journal: &Journal) -> bool {
    let (how, exception) = match ended(begin(handler, event).await) {
        Ok(()) => return true,
        Err(HandlerFailure::Error(error_type)) => ("failed", Some(error_type)),
        Err(HandlerFailure::Panic) => ("panicked", None),
        Err(HandlerFailure::Ended) => ("was ended with its runtime", None),
    };
    journal.handler_failed(how, exception);
    false
}

/// Runs the handler in a task of its own, so that its panic is its failure and nothing more.
pub(crate) fn begin(
    handler: Handler,
    event: ReceivedEvent,
) -> JoinHandle<Result<(), &'static str>> {
    let work = async move { handler(event).await };
    tokio::spawn(work.in_current_span())
}

/// Why a handler failed.
pub(crate) enum HandlerFailure {
    /// With the name of the error's type.
    Error(&'static str),
    Panic,
    /// Its runtime ended.
    Ended,
}

/// How the handler ended.
pub(crate) fn ended(
    result: Result<Result<(), &'static str>, JoinError>,
) -> Result<(), HandlerFailure> {
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error_type)) => Err(HandlerFailure::Error(error_type)),
        Err(error) if error.is_panic() => Err(HandlerFailure::Panic),
        Err(_) => Err(HandlerFailure::Ended),
    }
}
