//! The span of each request.

mod common;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use common::{deliver, delivery, event, receiver, send};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer as _, ServiceExt, service_fn};
use tracing::Instrument;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

#[derive(Debug, Clone, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), format!("{value} (a number)"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

#[derive(Debug, Clone)]
struct Ended {
    name: &'static str,
    parent: Option<&'static str>,
    fields: Fields,
}

/// Keeps what ended, as a layer that exports does.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Ended>>>);

impl Recorder {
    /// Of this thread, until the guard is dropped.
    fn collect(&self) -> DefaultGuard {
        tracing::subscriber::set_default(Registry::default().with(self.clone()))
    }

    fn ended(&self) -> Vec<Ended> {
        self.0.lock().unwrap().drain(..).collect()
    }

    /// The fields of the only span.
    fn only(&self) -> Vec<(&'static str, String)> {
        let ended = self.ended();
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].name, ended[0].parent), ("webhook", None));
        ended[0].fields.0.clone().into_iter().collect()
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let span = context.span(id).unwrap();
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        values.record(span.extensions_mut().get_mut::<Fields>().unwrap());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let fields = span.extensions().get::<Fields>().unwrap().clone();
        self.0.lock().unwrap().push(Ended {
            name: span.name(),
            parent: span.parent().map(|parent| parent.name()),
            fields,
        });
    }
}

fn are(fields: &[(&'static str, String)], expected: &[(&str, &str)]) {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, &**value))
        .collect();
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_span_has_what_became_of_its_request() {
    let recorder = Recorder::default();
    let _guard = recorder.collect();
    let service = receiver()
        .on("bad", |_| ready(Err(fmt::Error)))
        .unwrap()
        .into_service();
    deliver(&service, &event("evt_1", "good")).await;
    are(
        &recorder.only(),
        &[
            ("countersign.event.id", "evt_1"),
            ("countersign.event.type", "good"),
            ("countersign.result", "ignored"),
            ("countersign.scheme", "sha256"),
            ("http.response.status_code", "200 (a number)"),
        ],
    );
    let mut unsigned = delivery(&event("evt_2", "good"));
    unsigned.headers_mut().remove("x-webhook-signature");
    send(&service, unsigned).await;
    are(
        &recorder.only(),
        &[
            ("countersign.result", "missing_header"),
            ("countersign.scheme", "sha256"),
            ("http.response.status_code", "401 (a number)"),
        ],
    );
    deliver(&service, &event("evt_3", "bad")).await;
    are(
        &recorder.only(),
        &[
            ("countersign.event.id", "evt_3"),
            ("countersign.event.type", "bad"),
            ("countersign.result", "handler_failed"),
            ("countersign.scheme", "sha256"),
            ("http.response.status_code", "500 (a number)"),
            ("otel.status_code", "ERROR"),
            ("otel.status_description", "handler_failed"),
        ],
    );
}

#[tokio::test]
async fn what_senders_choose_is_shortened() {
    let recorder = Recorder::default();
    let _guard = recorder.collect();
    let long = "x".repeat(1_000);
    deliver(&receiver().into_service(), &event(&long, &long)).await;
    let fields = recorder.only();
    for name in ["countersign.event.id", "countersign.event.type"] {
        let (_, value) = fields.iter().find(|field| field.0 == name).unwrap();
        assert_eq!(value.chars().count(), 200);
    }
    assert!(fields.iter().all(|(_, value)| !value.contains("private")));
}

#[tokio::test]
async fn spans_of_a_handler_are_below_it() {
    let recorder = Recorder::default();
    let _guard = recorder.collect();
    let service = receiver()
        .on("*", async |_| {
            tracing::info_span!("charge").in_scope(|| ());
            Ok::<(), Infallible>(())
        })
        .unwrap()
        .into_service();
    let body = event("evt_1", "a");
    let server = tracing::info_span!("server");
    deliver(&service, &body).instrument(server).await;
    let ended = recorder.ended();
    let spans: Vec<_> = ended.iter().map(|span| (span.name, span.parent)).collect();
    assert_eq!(
        spans,
        [
            ("charge", Some("webhook")),
            ("webhook", Some("server")),
            ("server", None),
        ]
    );
}

#[tokio::test]
async fn the_service_behind_a_layer_is_inside_and_gives_the_status() {
    let recorder = Recorder::default();
    let _guard = recorder.collect();
    let inner = service_fn(async |_: Request<Full<Bytes>>| {
        tracing::info_span!("charge").in_scope(|| ());
        let mut response = Response::new(Full::<Bytes>::default());
        *response.status_mut() = http::StatusCode::BAD_GATEWAY;
        Ok::<_, Infallible>(response)
    });
    let service = receiver().into_layer().layer(inner);
    service
        .oneshot(delivery(&event("evt_1", "a")))
        .await
        .unwrap();
    let ended = recorder.ended();
    assert_eq!(
        (ended[0].name, ended[0].parent),
        ("charge", Some("webhook"))
    );
    let fields: Vec<_> = ended[1].fields.0.clone().into_iter().collect();
    are(
        &fields,
        &[
            ("countersign.event.id", "evt_1"),
            ("countersign.event.type", "a"),
            ("countersign.result", "verified"),
            ("countersign.scheme", "sha256"),
            ("http.response.status_code", "502 (a number)"),
            ("otel.status_code", "ERROR"),
        ],
    );
}
