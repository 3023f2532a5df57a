//! Verifies as an extractor of axum.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use countersign::Answer;
use tracing::Instrument;

use crate::answer::response;
use crate::event::ReceivedEvent;
use crate::journal::Journal;
use crate::receiver::Receiver;

/// A [`Receiver`] in the state of a router, for the extractor [`VerifiedEvent`].
#[derive(Debug, Clone)]
pub struct Verifier(Arc<Receiver>);

impl Verifier {
    pub(crate) fn new(receiver: Arc<Receiver>) -> Self {
        Self(receiver)
    }
}

/// The event of a request that passed the checks of the [`Verifier`] in the router's state: method,
/// media type, size, address, rate, signature, payload, schema.
///
/// The handler runs for each request that comes: it must itself expect a delivery twice
/// ([`ReceivedEvent::dedupe_key`]). Route handshakes by GET to it too, where the scheme has them.
///
/// ```
/// use axum::{Router, routing::post};
/// use countersign_tower::{Receiver, VerifiedEvent};
/// # use countersign::{Scheme, Secret, Webhook};
/// # let webhook = Webhook::new(Scheme::STRIPE, [Secret::parse("whsec_test")?])?;
///
/// async fn payment(VerifiedEvent(event): VerifiedEvent) {
///     println!("{:?}", event.id());
/// }
///
/// let router: Router = Router::new()
///     .route("/webhooks", post(payment))
///     .with_state(Receiver::new(webhook).into_verifier());
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "extractors are taken apart in the arguments of handlers"
)]
pub struct VerifiedEvent(pub ReceivedEvent);

impl<S> FromRequest<S> for VerifiedEvent
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let Verifier(receiver) = Verifier::from_ref(state);
        let (parts, body) = request.into_parts();
        let journal = Journal::start(receiver.webhook.scheme_name());
        let span = journal.span();
        let passed = receiver.pass(&parts, body, journal).instrument(span);
        match passed.await {
            Ok(event) => Ok(Self(event)),
            Err(answer) => Err(Rejection(answer)),
        }
    }
}

/// The answer to a request that no handler gets: one that is refused, or a handshake.
#[derive(Debug, Clone)]
pub struct Rejection(Answer);

impl Rejection {
    /// What is answered.
    pub fn answer(&self) -> &Answer {
        &self.0
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        response(&self.0)
    }
}
