//! The layer and the extractor: verified requests reach services of the program.

mod common;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use common::{Answered, delivery, event, is, receiver};
use countersign_tower::{ReceivedEvent, VerifyService};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

type Results = Arc<Mutex<Vec<(Option<u16>, &'static str)>>>;

/// Answers with the id of the event and the length of the body.
fn inner()
-> impl Service<Request<Full<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    service_fn(async |request: Request<Full<Bytes>>| {
        let (parts, body) = request.into_parts();
        let event: &ReceivedEvent = parts.extensions.get().unwrap();
        let body = body.collect().await?.to_bytes();
        let answer = format!("{} {}", event.id().unwrap(), body.len());
        Ok(Response::new(Full::from(answer.into_bytes())))
    })
}

async fn send<S>(service: &VerifyService<S>, request: Request<Full<Bytes>>) -> Answered
where
    VerifyService<S>:
        Service<Request<Full<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible> + Clone,
{
    let response = service.clone().oneshot(request).await.unwrap();
    Answered::read(response).await
}

#[tokio::test]
async fn the_layer_passes_what_is_verified() {
    let results = Results::default();
    let told = results.clone();
    let layer = receiver()
        .observe(move |outcome| told.lock().unwrap().push((outcome.status, outcome.result)))
        .into_layer();
    let service = layer.layer(inner());
    let body = event("evt_1", "a");
    for _ in 0..2 {
        let answer = send(&service, delivery(&body)).await;
        let expected = format!("evt_1 {}", body.len());
        assert_eq!((answer.status, answer.text), (200, expected));
    }
    let mut unsigned = delivery(&body);
    unsigned.headers_mut().remove("x-webhook-signature");
    let answer = send(&service, unsigned).await;
    assert!(is(&answer.verdict(), 401, "missing_header"));
    let expected = [
        (None, "verified"),
        (None, "verified"),
        (Some(401), "missing_header"),
    ];
    assert_eq!(*results.lock().unwrap(), expected);
}

#[cfg(feature = "axum")]
mod extractor {
    use axum::Router;
    use axum::body::Body;
    use axum::extract::FromRef;
    use axum::routing::post;
    use countersign::{Scheme, Secret};
    use countersign_tower::{Receiver, VerifiedEvent, Verifier};

    use super::*;
    use common::{NOW, webhook};

    /// The state of a program that has more than a verifier.
    #[derive(Clone)]
    struct App {
        verifier: Verifier,
        greeting: &'static str,
    }

    impl FromRef<App> for Verifier {
        fn from_ref(app: &App) -> Self {
            app.verifier.clone()
        }
    }

    async fn greet(
        axum::extract::State(app): axum::extract::State<App>,
        VerifiedEvent(event): VerifiedEvent,
    ) -> String {
        format!("{}, {}", app.greeting, event.id().unwrap_or_default())
    }

    async fn ask(receiver: Receiver, request: Request<Full<Bytes>>) -> Answered {
        let app = App {
            verifier: receiver.into_verifier(),
            greeting: "hello",
        };
        let router: Router = Router::new()
            .route("/webhooks", post(greet).get(greet))
            .with_state(app);
        let response = router.oneshot(request.map(Body::new)).await.unwrap();
        Answered::read(response).await
    }

    #[tokio::test]
    async fn it_gives_the_event_or_the_answer() {
        let answer = ask(receiver(), delivery(&event("evt_1", "a"))).await;
        assert_eq!((answer.status, &*answer.text), (200, "hello, evt_1"));
        let answer = ask(receiver().body_limit(10), delivery(&event("evt_1", "a"))).await;
        assert!(is(&answer.verdict(), 413, "payload_too_large"));

        let token = Secret::parse("meatyhamhock").unwrap();
        let meta = Receiver::new(webhook(Scheme::META).with_verify_token(token)).clock(|| NOW);
        let query = "hub.mode=subscribe&hub.challenge=115&hub.verify_token=meatyhamhock";
        let request = Request::get(format!("/webhooks?{query}"));
        let answer = ask(meta, request.body(Full::default()).unwrap()).await;
        assert_eq!((answer.status, &*answer.text), (200, "115"));
    }

    #[tokio::test]
    async fn the_layer_fits_routers() {
        let handler = async |axum::Extension(event): axum::Extension<ReceivedEvent>| {
            event.id().unwrap_or_default().to_owned()
        };
        let router: Router = Router::new()
            .route("/webhooks", post(handler))
            .layer(receiver().into_layer());
        let request = delivery(&event("evt_1", "a")).map(Body::new);
        let answer = Answered::read(router.oneshot(request).await.unwrap()).await;
        assert_eq!((answer.status, &*answer.text), (200, "evt_1"));
    }
}
