//! A span for each request, in the words of OpenTelemetry: never a payload or a secret.

use countersign::monitor::shortened;
use tracing::Span;
use tracing::field::Empty;

use crate::journal::Journal;

/// From this status on it is the host that failed.
const FAILED: u16 = 500;

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
        record_status(span, status);
        if status >= FAILED {
            span.record("otel.status_description", result);
        }
    }
}

/// The status of the answer.
pub(crate) fn record_status(span: &Span, status: u16) {
    // Signed, as the integers of OpenTelemetry are.
    span.record("http.response.status_code", i64::from(status));
    if status >= FAILED {
        span.record("otel.status_code", "ERROR");
    }
}
