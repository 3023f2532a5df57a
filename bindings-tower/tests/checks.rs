//! The checks before a handler, in their order.

mod common;

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use common::{
    NOW, Piece, Pieces, SECRET, counted, deliver, delivery, delivery_of, event, is, receiver, send,
    webhook,
};
use countersign::{
    AddressPolicy, HeaderNames, Message, Network, RateLimit, Scheme, SchemeBuilder, Secret,
};
use countersign_tower::{PeerAddress, Receiver, ReceiverService};
use http::uri::{self, Authority};
use http::{HeaderValue, Request};
use http_body_util::Full;

fn service() -> ReceiverService {
    counted(receiver().body_limit(200), "*")
        .unwrap()
        .0
        .into_service()
}

fn from(peer: &str, mut request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
    let peer: IpAddr = peer.parse().unwrap();
    request.extensions_mut().insert(PeerAddress::from(peer));
    request
}

#[tokio::test]
async fn method_and_media_types() {
    let body = event("evt_1", "a");
    let mut request = delivery(&body);
    *request.method_mut() = http::Method::PUT;
    let answer = send(&service(), request).await;
    assert!(is(&answer.verdict(), 405, "method_not_allowed"));
    assert_eq!(answer.headers["allow"], "POST");

    let refused = async |name: &'static str, value: &'static str| {
        let mut request = delivery(&body);
        let value = HeaderValue::from_static(value);
        request.headers_mut().append(name, value);
        send(&service(), request).await.verdict()
    };
    for (name, value) in [
        // Beside the one that is there already.
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ] {
        assert!(is(
            &refused(name, value).await,
            415,
            "unsupported_media_type"
        ));
    }
    let verdict = refused("content-encoding", "identity").await;
    assert!(is(&verdict, 200, "handled"));
}

#[tokio::test]
async fn announced_sizes_are_refused_unread() {
    for announced in ["201", "99999999999999999999999"] {
        let (body, taken) = Pieces::new([Piece::Data(vec![b' '; 201])]);
        let mut request = Request::post("/").body(body).unwrap();
        let length = HeaderValue::from_static(announced);
        request.headers_mut().insert("content-length", length);
        let answer = send(&service(), request).await;
        assert!(is(&answer.verdict(), 413, "payload_too_large"));
        assert_eq!(*taken.lock().unwrap(), 0);
    }
}

#[tokio::test]
async fn what_is_no_size_tells_nothing() {
    for announced in ["", "-1", "1e9", "999, 999"] {
        let mut request = delivery(&event("evt_1", "a"));
        let length = HeaderValue::from_static(announced);
        request.headers_mut().insert("content-length", length);
        assert_eq!(send(&service(), request).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_is_read_as_far_as_the_limit() {
    let endless = (0..1_000).map(|_| Piece::Data(vec![b' '; 64]));
    let (body, taken) = Pieces::new(endless);
    let answer = send(&service(), Request::post("/").body(body).unwrap()).await;
    assert!(is(&answer.verdict(), 413, "payload_too_large"));
    assert_eq!(*taken.lock().unwrap(), 4);

    let padded = |length| format!("{:<length$}", event("evt_1", "a"));
    assert!(is(&deliver(&service(), &padded(200)).await, 200, "handled"));
    assert_eq!(deliver(&service(), &padded(201)).await.0, 413);
}

#[tokio::test]
async fn a_body_in_pieces_is_the_same_body() {
    let text = event("evt_1", "a");
    let (parts, _) = delivery(&text).into_parts();
    let pieces = text.as_bytes().chunks(7);
    let (body, _) = Pieces::new(pieces.map(|piece| Piece::Data(piece.to_vec())));
    let answer = send(&service(), Request::from_parts(parts, body)).await;
    assert!(is(&answer.verdict(), 200, "handled"));
}

#[tokio::test]
async fn a_body_that_does_not_come() {
    let slow = receiver()
        .body_timeout(Duration::from_millis(30))
        .into_service();
    for (piece, status, code) in [
        (Piece::Silence, 408, "body_timeout"),
        (Piece::End, 400, "incomplete_body"),
    ] {
        let (body, _) = Pieces::new([Piece::Data(b"{".to_vec()), piece]);
        let answer = send(&slow, Request::post("/").body(body).unwrap()).await;
        assert!(is(&answer.verdict(), status, code));
    }
}

#[tokio::test]
async fn only_those_on_the_list_may_call() {
    let policy = AddressPolicy::new()
        .allow([Network::parse("203.0.113.0/24").unwrap()])
        .trust_proxies([Network::parse("10.0.0.0/8").unwrap()]);
    let (receiver, _) = counted(receiver().address(policy), "*").unwrap();
    let service = receiver.without_replay_store().into_service();
    let call = async |peer: Option<&str>, forwarded: Option<&'static str>| {
        let mut request = delivery(&event("evt_1", "a"));
        if let Some(forwarded) = forwarded {
            let value = HeaderValue::from_static(forwarded);
            request.headers_mut().insert("x-forwarded-for", value);
        }
        let request = match peer {
            Some(peer) => from(peer, request),
            None => request,
        };
        send(&service, request).await.status
    };
    assert_eq!(call(Some("203.0.113.9"), None).await, 200);
    assert_eq!(call(Some("::ffff:203.0.113.9"), None).await, 200);
    assert_eq!(call(Some("198.51.100.1"), None).await, 403);
    assert_eq!(call(Some("198.51.100.1"), Some("203.0.113.9")).await, 403);
    assert_eq!(
        call(Some("10.0.0.1"), Some("198.51.100.1, 203.0.113.9")).await,
        200
    );
    assert_eq!(
        call(Some("10.0.0.1"), Some("203.0.113.9, 198.51.100.1")).await,
        403
    );
    assert_eq!(call(None, None).await, 403);
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn axum_tells_who_called() {
    let policy = AddressPolicy::new().allow([Network::parse("203.0.113.9").unwrap()]);
    let (receiver, _) = counted(receiver().address(policy), "*").unwrap();
    let service = receiver.into_service();
    let mut request = delivery(&event("evt_1", "a"));
    let peer: std::net::SocketAddr = "203.0.113.9:4711".parse().unwrap();
    let info = axum::extract::ConnectInfo(peer);
    request.extensions_mut().insert(info);
    assert_eq!(send(&service, request).await.status, 200);
}

#[tokio::test]
async fn each_client_has_its_own_rate() {
    let limit = RateLimit::new(2, Duration::from_secs(3_600)).unwrap();
    let (receiver, _) = counted(receiver().rate_limit(limit), "*").unwrap();
    let service = receiver.without_replay_store().into_service();
    let call = async |peer: &str| send(&service, from(peer, delivery(&event("evt_1", "a")))).await;
    for status in [200, 200, 429] {
        assert_eq!(call("192.0.2.1").await.status, status);
        assert_eq!(call("2001:db8::1").await.status, status);
    }
    let refused = call("2001:db8::2").await;
    assert!(is(&refused.verdict(), 429, "rate_limited"));
    let wait: u64 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((3_600..3_900).contains(&wait));
    assert_eq!(call("192.0.2.2").await.status, 200);
}

#[tokio::test]
async fn what_is_not_authentic() {
    let mut request = delivery(&event("evt_1", "a"));
    request.headers_mut().remove("x-webhook-signature");
    let answer = send(&service(), request).await;
    assert!(is(&answer.verdict(), 401, "missing_header"));

    let (parts, _) = delivery(&event("evt_1", "a")).into_parts();
    let altered = Full::from(event("evt_2", "a").into_bytes());
    let answer = send(&service(), Request::from_parts(parts, altered)).await;
    assert!(is(&answer.verdict(), 401, "signature_mismatch"));
    assert!(!answer.text.contains(SECRET));
}

#[tokio::test]
async fn authentic_nonsense() {
    assert!(is(&deliver(&service(), "{").await, 400, "payload_not_json"));
    assert!(is(
        &deliver(&service(), "[]").await,
        400,
        "payload_not_object"
    ));
    assert!(is(&deliver(&service(), "{}").await, 400, "missing_field"));
}

#[tokio::test]
async fn handshakes_are_answered() {
    let meta = webhook(Scheme::META).with_verify_token(Secret::parse("meatyhamhock").unwrap());
    let meta = Receiver::new(meta).into_service();
    let ask = async |query: &str| {
        let request = Request::get(format!("/webhooks?{query}"));
        send(&meta, request.body(Full::<Bytes>::default()).unwrap()).await
    };
    let query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    let answer = ask(&format!("{query}meatyhamhock")).await;
    assert_eq!((answer.status, &*answer.text), (200, "1158201444"));
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert!(is(&ask(query).await.verdict(), 403, "handshake_refused"));
    assert!(is(&ask("").await.verdict(), 400, "malformed_handshake"));

    let slack = webhook(Scheme::SLACK);
    let body = r#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd"}"#;
    let service = Receiver::new(slack.clone()).clock(|| NOW).into_service();
    let answer = send(&service, delivery_of(slack, body)).await;
    assert_eq!(answer.text, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd");
}

#[tokio::test]
async fn what_hands_a_secret_over_needs_consent() {
    let ask = async |receiver: Receiver| {
        let request = Request::post("/webhooks").header("x-hook-secret", "b537207f");
        let request = request.body(Full::from("{}")).unwrap();
        send(&receiver.into_service(), request).await
    };
    let asana = || Receiver::new(webhook(Scheme::ASANA));
    let refused = (403, "handshake_refused");
    for receiver in [asana(), asana().on_handshake(async |_| false)] {
        assert!(is(&ask(receiver).await.verdict(), refused.0, refused.1));
    }
    let answer = ask(asana().on_handshake(async |reply| reply.secret() == Some("b537207f"))).await;
    assert_eq!((answer.status, &*answer.text), (200, ""));
    assert_eq!(answer.headers["x-hook-secret"], "b537207f");
    let failing = asana().on_handshake(async |_| panic!("as the test wants it"));
    assert!(is(&ask(failing).await.verdict(), 500, "handler_failed"));
}

#[tokio::test]
async fn probes_are_answered() {
    let request = Request::head("/webhooks").body(Full::<Bytes>::default());
    let service = Receiver::new(webhook(Scheme::INTERCOM)).into_service();
    let answer = send(&service, request.unwrap()).await;
    assert_eq!((answer.status, &*answer.text), (200, ""));
}

const CALLED: &str = "https://hooks.example.com/webhooks?tenant=5";

/// A delivery whose signature covers the URL that was called.
fn delivery_to(called: &str, uri: &str) -> (Receiver, Request<Full<Bytes>>) {
    let scheme = SchemeBuilder::new("signs-urls")
        .headers(&[HeaderNames::new("x-signature")])
        .content("{method} {url}\n{body}")
        .build();
    let webhook = webhook(scheme.unwrap());
    let message = Message::new(b"{}").method("POST").url(called);
    let mut request = Request::post(uri).header("host", "hooks.example.com");
    for (name, value) in webhook.sign_message(&message, NOW).unwrap() {
        request = request.header(name, value);
    }
    let request = request.body(Full::from(&b"{}"[..])).unwrap();
    (Receiver::new(webhook).clock(|| NOW), request)
}

#[tokio::test]
async fn the_url_is_the_one_that_the_sender_called() {
    let here = CALLED.replace("https:", "http:");
    for (called, uri) in [(&*here, "/webhooks?tenant=5"), (CALLED, CALLED)] {
        let (receiver, request) = delivery_to(called, uri);
        let answer = send(&receiver.into_service(), request).await;
        assert!(is(&answer.verdict(), 200, "ignored"));
    }
    for uri in ["/webhooks?tenant=5", "http://10.0.0.1/webhooks?tenant=5"] {
        let (receiver, request) = delivery_to(CALLED, uri);
        let authority = Authority::from_static("hooks.example.com");
        let receiver = receiver.origin(uri::Scheme::HTTPS, authority);
        let answer = send(&receiver.into_service(), request).await;
        assert!(is(&answer.verdict(), 200, "ignored"));
    }
    let (receiver, request) = delivery_to(CALLED, "/webhooks?tenant=6");
    let answer = send(&receiver.into_service(), request).await;
    assert!(is(&answer.verdict(), 401, "signature_mismatch"));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn routers_of_axum_take_nothing_off_the_url() {
    use axum::Router;
    use tower::ServiceExt;

    let (receiver, request) = delivery_to(
        "http://hooks.example.com/webhooks/stripe",
        "/webhooks/stripe",
    );
    let inner = Router::new().route_service("/stripe", receiver.into_service());
    let router: Router = Router::new().nest("/webhooks", inner);
    let response = router.oneshot(request.map(axum::body::Body::new)).await;
    let answer = common::Answered::read(response.unwrap()).await;
    assert!(is(&answer.verdict(), 200, "ignored"));
}
