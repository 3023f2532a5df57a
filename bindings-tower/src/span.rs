//! A span for each request, in the words of OpenTelemetry: never a payload or a secret.

use countersign::monitor::shortened;
use tracing::Span;
use tracing::field::Empty;

use crate::journal::Journal;

/// A span that begins now. What is not known yet is recorded later.
pub(crate) fn begin(scheme: &str) -> Span {
    tracing::info_span!(
        "webhook",
        countersign.scheme = scheme,
        countersign.result = Empty,
        countersign.event.id = Empty,
        countersign.event.type = Empty,
        http.response.status_code = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// What became of the request.
pub(crate) fn record(span: &Span, journal: &Journal, status: Option<u16>, result: &str) {
    if span.is_disabled() {
        return;
    }
    span.record("countersign.result", result);
    if let Some(id) = &journal.event_id {
        span.record("countersign.event.id", &*shortened(id));
    }
    if let Some(event_type) = &journal.event_type {
        span.record("countersign.event.type", &*shortened(event_type));
    }
    if let Some(status) = status {
        record_status(span, status, result);
    }
}

/// The status of the answer, which is an error of this host from 500 on.
pub(crate) fn record_status(span: &Span, status: u16, description: &str) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
        span.record("otel.status_description", description);
    }
}
