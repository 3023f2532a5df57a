//! The routes.

use std::sync::Arc;

use axum::body::{Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use countersign::{Error, PayloadError};
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::receiver::{Outcome, Receiver};

/// The largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The routes of a receiver. Without a token there is no list of events.
pub fn router(receiver: Receiver, events_token: Option<String>) -> Router {
    let receiver = Arc::new(receiver);
    let deliveries = Router::new()
        .route("/webhooks", post(receive))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(receiver.clone());
    match events_token.filter(|token| !token.is_empty()) {
        None => deliveries,
        Some(token) => deliveries.merge(
            Router::new()
                .route("/webhooks/events", get(list_events))
                .with_state((receiver, Arc::from(token))),
        ),
    }
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    let too_large = || refusal(&PayloadError::TooLarge { limit: BODY_LIMIT }.into());
    if request.body().size_hint().lower() > BODY_LIMIT as u64 {
        return too_large();
    }
    let headers = request.headers().clone();
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return too_large();
        }
        Err(rejection) => return rejection.into_response(),
    };
    // Handlers may block or panic; neither may stop other requests.
    let task = tokio::task::spawn_blocking(move || receiver.receive(&headers, &body));
    match task.await {
        Ok(Ok(Outcome::Handled { answer } | Outcome::Ignored { answer })) => {
            Json(answer).into_response()
        }
        Ok(Ok(Outcome::Failed)) => handler_failed(),
        Ok(Err(error)) => refusal(&error),
        Err(panic) => {
            tracing::error!(%panic, "the handler panicked");
            handler_failed()
        }
    }
}

async fn list_events(
    State((receiver, token)): State<(Arc<Receiver>, Arc<str>)>,
    headers: HeaderMap,
) -> Response {
    let sent = headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::as_bytes)
        .and_then(|value| value.strip_prefix(b"Bearer "))
        .unwrap_or_default();
    if bool::from(sent.ct_eq(token.as_bytes())) {
        return Json(receiver.events()).into_response();
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    let message = "the list of events needs the bearer token";
    let answer = error(StatusCode::UNAUTHORIZED, "unauthorized", message);
    (challenge, answer).into_response()
}

fn refusal(refused: &Error) -> Response {
    let status = match refused {
        Error::Verification(_) => StatusCode::UNAUTHORIZED,
        Error::Payload(PayloadError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Payload(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    tracing::warn!(code = refused.code(), "refused a delivery: {refused}");
    error(status, refused.code(), &refused.to_string())
}

fn handler_failed() -> Response {
    let message = "the handler failed; deliver the event again";
    error(StatusCode::INTERNAL_SERVER_ERROR, "handler_failed", message)
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let answer = json!({"error": code, "message": message});
    (status, Json(answer)).into_response()
}
