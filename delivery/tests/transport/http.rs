//! What is sent, and what of the answer is passed on.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign::Destination;
use countersign_delivery::transport::{ErrorClass, Request};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::AsyncWriteExt;

use super::support::{
    OK, Server, answer_of, answering, class_of, local, post, read_request, serve, transport,
};

/// Keeps what it is sent.
async fn recording() -> (Server, Arc<Mutex<Vec<String>>>) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    let server = serve("127.0.0.1:0", move |mut socket| {
        let kept = kept.clone();
        async move {
            while let Some(request) = read_request(&mut socket).await {
                kept.lock().unwrap().push(request);
                socket.write_all(OK).await.unwrap();
            }
        }
    })
    .await;
    (server, requests)
}

#[tokio::test]
async fn a_request_has_what_it_was_given_and_little_else() {
    let (server, requests) = recording().await;
    let url = format!("http://127.0.0.1:{}/in/../a?b=<c>", server.port);
    let destination = Destination::parse(&url, &local()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", HeaderValue::from_static("msg_1"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let rules = local();
    let body = Bytes::from_static(b"{\"a\":\xc3\xa9}");
    let attempt = transport()
        .attempt(Request::new(&destination, &rules, headers, body))
        .await;
    assert_eq!(attempt.outcome.unwrap().status, 200);

    let requests = requests.lock().unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "POST /in/../a?b=%3Cc%3E HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: 127.0.0.1:{}", server.port);
    let agent = format!("user-agent: Countersign/{}", env!("CARGO_PKG_VERSION"));
    let wanted = [
        "content-length: 8",
        "content-type: application/json",
        &host,
        &agent,
        "webhook-id: msg_1",
    ];
    assert_eq!(lines, wanted);
    assert_eq!(body, "{\"a\":é}");
}

#[tokio::test]
async fn the_agent_can_be_another() {
    let (server, requests) = recording().await;
    let destination = Destination::parse(&server.url(), &local()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("user-agent", HeaderValue::from_static("Shop/2"));
    let rules = local();
    let request = Request::new(&destination, &rules, headers, Bytes::new());
    assert!(transport().attempt(request).await.outcome.is_ok());
    let request = requests.lock().unwrap()[0].clone();
    assert!(request.contains("user-agent: Shop/2\r\n") && !request.contains("Countersign"));
    assert!(request.contains("content-length: 0\r\n"));
}

#[tokio::test]
async fn headers_of_the_framing_are_not_taken() {
    let server = serve("127.0.0.1:0", |_| async {}).await;
    let destination = Destination::parse(&server.url(), &local()).unwrap();
    let rules = local();
    for name in ["host", "content-length", "transfer-encoding", "connection"] {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        let request = Request::new(&destination, &rules, headers, Bytes::new());
        let attempt = transport().attempt(request).await;
        assert_eq!(class_of(&attempt), ErrorClass::Http, "{name}");
    }
    server.stays_silent().await;
}

#[tokio::test]
async fn connections_are_kept() {
    let server = answering(OK).await;
    let transport = transport();
    for _ in 0..50 {
        let answer = post(&transport, &server.url(), &local())
            .await
            .outcome
            .unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"ok"[..]));
        assert_eq!((answer.retry_after, answer.body_failure), (None, None));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn every_status_is_an_answer() {
    for status in [
        200, 201, 204, 299, 400, 401, 404, 408, 410, 418, 429, 500, 503, 599, 999,
    ] {
        let server = answering(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n")).await;
        let answer = answer_of(&server).await;
        assert_eq!((answer.status, answer.body.len()), (status, 0));
        assert_eq!(answer.body_failure, None);
    }
}

#[tokio::test]
async fn no_content_needs_no_length() {
    let server = answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let transport = transport();
    for _ in 0..3 {
        let answer = post(&transport, &server.url(), &local())
            .await
            .outcome
            .unwrap();
        assert_eq!((answer.status, answer.body_failure), (204, None));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn redirects_are_answers() {
    let trap = serve("127.0.0.1:0", |_| async {}).await;
    let places = [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        trap.url(),
        format!("//127.0.0.1:{}/", trap.port),
        "/elsewhere".to_owned(),
    ];
    for status in [300, 301, 302, 303, 307, 308] {
        for place in &places {
            let head =
                format!("HTTP/1.1 {status} X\r\nlocation: {place}\r\ncontent-length: 0\r\n\r\n");
            let server = answering(head).await;
            assert_eq!(answer_of(&server).await.status, status);
            assert_eq!(server.connections(), 1);
        }
    }
    trap.stays_silent().await;
}

#[tokio::test]
async fn no_cookie_comes_back() {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    let server = serve("127.0.0.1:0", move |mut socket| {
        let kept = kept.clone();
        async move {
            while let Some(request) = read_request(&mut socket).await {
                kept.lock().unwrap().push(request);
                let answer = b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n";
                socket.write_all(answer).await.unwrap();
            }
        }
    })
    .await;
    let transport = transport();
    for _ in 0..2 {
        assert!(
            post(&transport, &server.url(), &local())
                .await
                .outcome
                .is_ok()
        );
    }
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 2);
    assert!(
        requests
            .iter()
            .all(|request| !request.to_ascii_lowercase().contains("cookie"))
    );
}

#[tokio::test]
async fn nothing_is_unpacked() {
    // What claims to be gzip is kept as it is.
    let head =
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x1f\x1f\x1f";
    let answer = answer_of(&answering(head).await).await;
    assert_eq!(
        (&answer.body[..], answer.body_failure),
        (&b"\x1f\x1f\x1f\x1f"[..], None)
    );
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let long = "9".repeat(65);
    for (value, wanted) in [
        ("120", Some("120")),
        (
            "Fri, 31 Dec 1999 23:59:59 GMT",
            Some("Fri, 31 Dec 1999 23:59:59 GMT"),
        ),
        ("99999999999999999999", Some("99999999999999999999")),
        (&long, None),
        ("\u{e9}", None),
    ] {
        let head = format!("HTTP/1.1 429 No\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
        let answer = answer_of(&answering(head).await).await;
        assert_eq!(
            (answer.status, answer.retry_after.as_deref()),
            (429, wanted)
        );
    }
}

#[tokio::test]
async fn four_kib_of_a_body_are_kept_and_its_connection_too() {
    for length in [4095, 4096, 4097, 65_536] {
        let body = "y".repeat(length);
        let server = answering(format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await;
        let transport = transport();
        for _ in 0..2 {
            let answer = post(&transport, &server.url(), &local())
                .await
                .outcome
                .unwrap();
            assert_eq!(answer.body.len(), length.min(4096));
            assert_eq!(answer.body_failure, None);
        }
        assert_eq!(server.connections(), 1, "{length}");
    }
}

#[tokio::test]
async fn many_at_once_are_all_answered() {
    let server = answering(OK).await;
    let transport = Arc::new(transport());
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let (transport, url) = (transport.clone(), server.url());
            tokio::spawn(async move { post(&transport, &url, &local()).await.outcome })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().status, 200);
    }
    assert!(server.connections() <= 100);
}
