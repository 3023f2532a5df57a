//! The routes.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use countersign_tower::Receiver;
use countersign_tower::monitor::StatusService;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::listing::Listing;

/// The routes of a receiver. Without a token there is no list of events.
pub fn router(receiver: Receiver, events_token: Option<String>) -> Router {
    let Some(token) = events_token.filter(|token| !token.is_empty()) else {
        return Router::new().route_service("/webhooks", receiver.into_service());
    };
    let listing = Arc::new(Listing::default());
    let listed = listing.clone();
    let receiver = receiver.observe(move |outcome| listed.add(outcome));
    Router::new()
        .route("/webhooks/events", get(list_events))
        .with_state((listing, Arc::from(token)))
        .route_service("/webhooks", receiver.into_service())
}

/// The same routes with those of a status page.
pub fn with_status(router: Router, status: &StatusService) -> Router {
    status.paths().iter().fold(router, |router, path| {
        router.route_service(path, status.clone())
    })
}

async fn list_events(
    State((listing, token)): State<(Arc<Listing>, Arc<str>)>,
    headers: HeaderMap,
) -> Response {
    let sent = headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::as_bytes)
        .and_then(|value| value.strip_prefix(b"Bearer "))
        .unwrap_or_default();
    if bool::from(sent.ct_eq(token.as_bytes())) {
        return Json(listing.events()).into_response();
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
    let message = "the list of events needs the bearer token";
    let answer = Json(json!({"error": "unauthorized", "message": message}));
    (StatusCode::UNAUTHORIZED, challenge, answer).into_response()
}
