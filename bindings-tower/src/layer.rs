//! Verifies in front of a service of the program.

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::Answer;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Instrument;

use crate::answer::response;
use crate::event::ReceivedEvent;
use crate::journal::Journal;
use crate::pipeline::Passage;
use crate::receiver::Receiver;
use crate::span::record_status;

/// Puts a [`Receiver`]'s checks in front of a service: method, media type, size, address, rate,
/// signature, payload, schema. Handshakes and what is refused are answered here. Other requests are
/// passed on with their [`ReceivedEvent`] in the extensions and their body as it was.
///
/// The service behind it handles each request that comes: handlers and claims are the matter of
/// [`ReceiverService`](crate::ReceiverService), so it must itself expect a delivery twice
/// ([`ReceivedEvent::dedupe_key`]).
///
/// ```
/// use axum::{Extension, Router, routing::post};
/// use countersign_tower::{Receiver, ReceivedEvent};
/// # use countersign::{Scheme, Secret, Webhook};
/// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
///
/// async fn payment(Extension(event): Extension<ReceivedEvent>) {
///     println!("{:?}", event.id());
/// }
///
/// let router: Router = Router::new()
///     .route("/webhooks", post(payment))
///     .layer(Receiver::new(webhook).into_layer());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifyLayer {
    receiver: Arc<Receiver>,
}

impl VerifyLayer {
    pub(crate) fn new(receiver: Arc<Receiver>) -> Self {
        Self { receiver }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = VerifyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        VerifyService {
            receiver: self.receiver.clone(),
            inner,
        }
    }
}

/// A service behind a [`VerifyLayer`].
#[derive(Debug, Clone)]
pub struct VerifyService<S> {
    receiver: Arc<Receiver>,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for VerifyService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + From<Bytes> + Send + 'static,
    B::Data: Send,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let receiver = self.receiver.clone();
        let clone = self.inner.clone();
        // The one that said that it is ready must be called, not its clone.
        let mut inner = mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            let journal = Journal::start(receiver.webhook.scheme_name());
            let span = journal.span();
            let work = async {
                let (mut parts, body) = request.into_parts();
                let event = match receiver.pass(&parts, body, journal).await {
                    Err(answer) => return Ok(response(&answer)),
                    Ok(event) => event,
                };
                let body = B::from(event.raw().clone());
                parts.extensions.insert(event);
                let answer = inner.call(Request::from_parts(parts, body)).await?;
                record_status(&span, answer.status().as_u16());
                Ok(answer)
            };
            work.instrument(span.clone()).await
        })
    }
}

impl Receiver {
    /// The event of a request that somebody else handles.
    ///
    /// # Errors
    /// The answer to a handshake, or to what is refused.
    pub(crate) async fn pass<B: Body>(
        &self,
        parts: &Parts,
        body: B,
        mut journal: Journal,
    ) -> Result<ReceivedEvent, Answer> {
        let (result, answer) = match self.verify(parts, body, &mut journal).await {
            Ok(Passage::Event(event)) => {
                journal.conclude(None, "verified", &self.observers);
                return Ok(event);
            }
            Ok(Passage::Handshake(answer)) => ("handshake", answer),
            Err(error) => self.refuse(&error, &journal),
        };
        journal.conclude(Some(answer.status()), result, &self.observers);
        Err(answer)
    }
}
