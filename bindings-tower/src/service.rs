use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::{Answer, Error, Handling};
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;
use tracing::Instrument;

use crate::answer::response;
use crate::journal::Journal;
use crate::pipeline::Passage;
use crate::receiver::Receiver;

/// A [`Receiver`] as a service of tower: it takes requests with any body and never fails.
///
/// It answers every path; mount it under one. Handlers need a runtime of tokio.
///
/// ```
/// # use countersign::{Scheme, Secret, Webhook};
/// # use countersign_tower::Receiver;
/// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
/// let service = Receiver::new(webhook).into_service();
/// let router: axum::Router = axum::Router::new().route_service("/webhooks", service);
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReceiverService {
    receiver: Arc<Receiver>,
}

impl ReceiverService {
    pub(crate) fn new(receiver: Arc<Receiver>) -> Self {
        Self { receiver }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn receiver(&self) -> &Arc<Receiver> {
        &self.receiver
    }
}

impl<B> Service<Request<B>> for ReceiverService
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let receiver = self.receiver.clone();
        Box::pin(async move {
            let journal = Journal::start(receiver.webhook.scheme_name());
            let span = journal.span();
            let answer = receiver.receive(request, journal).instrument(span).await;
            Ok(response(&answer))
        })
    }
}

impl Receiver {
    /// Works through one request.
    async fn receive<B: Body>(
        self: &Arc<Self>,
        request: Request<B>,
        mut journal: Journal,
    ) -> Answer {
        let concluded = self.conclude(request, &mut journal).await;
        let (result, answer) = concluded.unwrap_or_else(|error| self.refuse(&error, &journal));
        journal.conclude(Some(answer.status()), result, &self.observers);
        answer
    }

    async fn conclude<B: Body>(
        self: &Arc<Self>,
        request: Request<B>,
        journal: &mut Journal,
    ) -> Result<(&'static str, Answer), Error> {
        let (parts, body) = request.into_parts();
        let event = match self.verify(&parts, body, journal).await? {
            Passage::Event(event) => event,
            Passage::Handshake(answer) => return Ok(("handshake", answer)),
        };
        let handling = match self.routes.find(event.event_type()) {
            None => Handling::Ignored,
            Some(number) => {
                let handler = self.handlers[number].clone();
                match &self.settings.inbox {
                    Some(inbox) => self.defer(inbox.clone(), event, journal).await?,
                    None => self.deliver(handler, event, journal).await?,
                }
            }
        };
        let (id, event_type) = (journal.event_id.as_deref(), journal.event_type.as_deref());
        let answer = Answer::event(handling, id, event_type);
        Ok((
            handling.as_str(),
            answer.in_form(self.webhook.answer_form()),
        ))
    }

    /// The code of an error and its answer; it is logged.
    pub(crate) fn refuse(&self, error: &Error, journal: &Journal) -> (&'static str, Answer) {
        journal.refused(error);
        let answer = Answer::error(error, self.webhook.allowed_methods());
        (error.code(), answer.in_form(self.webhook.answer_form()))
    }
}
