//! Signed requests, bodies of every kind, and what comes back.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::{Scheme, Secret, UnixTime, Webhook};
use countersign_tower::{Receiver, ReceiverService};
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const SECRET: &str = "a secret of the tests";
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

pub(crate) fn webhook(scheme: Scheme) -> Webhook {
    listen();
    Webhook::new(scheme, [Secret::parse(SECRET).unwrap()]).unwrap()
}

/// Has somebody listen to every thread. Where nobody does, a thread that logs in the moment in which
/// another begins to collect could decide for both that nobody wants to know.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let nowhere = tracing_subscriber::fmt().with_writer(io::sink).finish();
        tracing::subscriber::set_global_default(nowhere).unwrap();
    });
}

/// A receiver of the plain scheme whose clock stands still.
pub(crate) fn receiver() -> Receiver {
    Receiver::new(webhook(Scheme::SHA256)).clock(|| NOW)
}

/// A delivery of the plain scheme.
pub(crate) fn delivery(body: &str) -> Request<Full<Bytes>> {
    delivery_of(webhook(Scheme::SHA256), body)
}

pub(crate) fn delivery_of(webhook: Webhook, body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::post("/webhooks").header("content-type", "application/json");
    for (name, value) in webhook.sign(None, NOW, body.as_bytes()).unwrap() {
        request = request.header(name, value);
    }
    request
        .body(Full::from(body.to_owned().into_bytes()))
        .unwrap()
}

pub(crate) fn event(id: &str, event_type: &str) -> String {
    format!(r#"{{"id":"{id}","type":"{event_type}","data":"private particulars"}}"#)
}

#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answered {
    /// The status with the word for what became of the event, or the code of the refusal.
    pub(crate) fn verdict(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap();
        let word = body.get("status").or(body.get("error")).unwrap();
        (self.status, word.as_str().unwrap().to_owned())
    }

    pub(crate) async fn read<B: Body<Error: std::fmt::Debug>>(response: Response<B>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

pub(crate) async fn send<B>(service: &ReceiverService, request: Request<B>) -> Answered
where
    B: Body<Data = Bytes> + Send + 'static,
{
    let response = service.clone().oneshot(request).await.unwrap();
    Answered::read(response).await
}

pub(crate) async fn deliver(service: &ReceiverService, body: &str) -> (u16, String) {
    send(service, delivery(body)).await.verdict()
}

pub(crate) fn is(verdict: &(u16, String), status: u16, word: &str) -> bool {
    *verdict == (status, word.to_owned())
}

/// How often something ran.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

impl Count {
    /// How often it ran before.
    pub(crate) fn add(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A handler that succeeds and is counted.
pub(crate) fn counted(
    receiver: Receiver,
    pattern: &str,
) -> Result<(Receiver, Count), countersign::ConfigurationError> {
    let count = Count::default();
    let counting = count.clone();
    let receiver = receiver.on(pattern, move |_| {
        counting.add();
        async { Ok::<(), Infallible>(()) }
    })?;
    Ok((receiver, count))
}

/// Part of a body.
pub(crate) enum Piece {
    Data(Vec<u8>),
    /// The connection ends.
    End,
    /// Nothing comes any more.
    Silence,
}

/// A body that comes in pieces, and counts those that were taken.
pub(crate) struct Pieces {
    pieces: VecDeque<Piece>,
    taken: Arc<Mutex<usize>>,
}

impl Pieces {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Piece>) -> (Self, Arc<Mutex<usize>>) {
        let taken = Arc::new(Mutex::new(0));
        let pieces = pieces.into_iter().collect();
        (
            Self {
                pieces,
                taken: taken.clone(),
            },
            taken,
        )
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if matches!(self.pieces.front(), Some(Piece::Silence)) {
            return Poll::Pending;
        }
        *self.taken.lock().unwrap() += 1;
        Poll::Ready(match self.pieces.pop_front() {
            None | Some(Piece::Silence) => None,
            Some(Piece::Data(data)) => Some(Ok(Frame::data(data.into()))),
            Some(Piece::End) => Some(Err(io::ErrorKind::UnexpectedEof.into())),
        })
    }
}

/// Collects what is logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Collects what this thread logs until the guard is dropped.
    pub(crate) fn collect(&self) -> tracing::subscriber::DefaultGuard {
        listen();
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
