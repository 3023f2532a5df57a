//! Endpoints that hang, drip, flood, lie and break off.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use countersign::Destination;
use countersign_delivery::transport::{ErrorClass, Request};
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{
    Broken, Server, after_request, answer_of, answering, class_of, impatient, local, post,
    post_within, resolving_with, serve, transport,
};

async fn hang(socket: TcpStream) {
    let _open = socket;
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_resolver_that_fails_is_an_error_of_dns() {
    let attempt = post(
        &resolving_with(Broken { hangs: false }),
        "http://a.example/",
        &local(),
    )
    .await;
    let failure = attempt.outcome.unwrap_err();
    assert_eq!(
        (failure.class, failure.detail.as_str()),
        (ErrorClass::Dns, "no such host")
    );
}

#[tokio::test]
async fn a_resolver_that_hangs_takes_the_time_of_the_connection() {
    let transport = resolving_with(Broken { hangs: true });
    let attempt = post_within(
        &transport,
        "http://a.example/",
        &local(),
        impatient("connect"),
    )
    .await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
    assert!(
        attempt
            .outcome
            .unwrap_err()
            .detail
            .contains("no connection")
    );
}

#[tokio::test]
async fn the_system_knows_no_host_of_an_invalid_name() {
    let attempt = post(&transport(), "http://nothing.invalid/", &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Dns);
}

#[tokio::test]
async fn a_closed_port_is_an_error_of_connecting() {
    let server = serve("127.0.0.1:0", |_| async {}).await;
    let url = server.url();
    drop(server);
    // The listener is closed when its task has ended.
    tokio::task::yield_now().await;
    let attempt = post(&transport(), &url, &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Connect);
}

#[tokio::test]
async fn an_endpoint_that_never_accepts_times_out() {
    // The system completes the connection; nobody takes it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let transport = transport();
    let plain = format!("http://127.0.0.1:{port}/");
    let attempt = post_within(&transport, &plain, &local(), impatient("first_byte")).await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
    assert!(attempt.outcome.unwrap_err().detail.contains("no answer"));
    let secure = format!("https://127.0.0.1:{port}/");
    let attempt = post_within(&transport, &secure, &local(), impatient("connect")).await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
    assert!(
        attempt
            .outcome
            .unwrap_err()
            .detail
            .contains("no connection")
    );
}

#[tokio::test]
async fn an_endpoint_that_never_answers_times_out() {
    let server = after_request(hang).await;
    for part in ["first_byte", "total"] {
        let attempt = post_within(&transport(), &server.url(), &local(), impatient(part)).await;
        assert_eq!(class_of(&attempt), ErrorClass::Timeout, "{part}");
        assert!(attempt.duration >= Duration::from_millis(150));
        assert!(attempt.duration < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn an_endpoint_that_does_not_read_times_out() {
    let server = serve("127.0.0.1:0", hang).await;
    let destination = Destination::parse(&server.url(), &local()).unwrap();
    let (rules, body) = (local(), Bytes::from(vec![b'x'; 64 << 20]));
    let mut request = Request::new(&destination, &rules, HeaderMap::new(), body);
    request.timeouts = impatient("first_byte");
    let attempt = transport().attempt(request).await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
}

#[tokio::test]
async fn half_a_head_is_no_answer() {
    let server = after_request(|mut socket| async move {
        socket
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-le")
            .await
            .unwrap();
        hang(socket).await;
    })
    .await;
    let attempt = post_within(
        &transport(),
        &server.url(),
        &local(),
        impatient("first_byte"),
    )
    .await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
}

#[tokio::test]
async fn informational_answers_without_end_time_out() {
    let server = after_request(|mut socket| async move {
        while socket
            .write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            .await
            .is_ok()
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    let attempt = post_within(
        &transport(),
        &server.url(),
        &local(),
        impatient("first_byte"),
    )
    .await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
}

#[tokio::test]
async fn a_body_that_hangs_does_not_change_the_verdict() {
    let server = after_request(|mut socket| async move {
        let head = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\nthe beginning";
        socket.write_all(head).await.unwrap();
        hang(socket).await;
    })
    .await;
    let attempt = post_within(&transport(), &server.url(), &local(), impatient("total")).await;
    assert!(attempt.duration < Duration::from_secs(10));
    let answer = attempt.outcome.unwrap();
    assert_eq!(
        (answer.status, &answer.body[..]),
        (201, &b"the beginning"[..])
    );
    assert_eq!(answer.body_failure.unwrap().class, ErrorClass::Timeout);
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_total() {
    let server = after_request(|mut socket| async move {
        socket
            .write_all(b"HTTP/1.1 500 No\r\ncontent-length: 1000000\r\n\r\n")
            .await
            .unwrap();
        while socket.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let attempt = post_within(&transport(), &server.url(), &local(), impatient("total")).await;
    assert!(attempt.duration < Duration::from_secs(10));
    let answer = attempt.outcome.unwrap();
    assert_eq!(answer.status, 500);
    assert!(!answer.body.is_empty() && answer.body.len() < 4096);
    assert_eq!(answer.body_failure.unwrap().class, ErrorClass::Timeout);
}

/// Sends the head and then as much as the client takes, up to a gigabyte.
async fn flooding(head: &'static [u8], piece: &'static [u8]) -> (Server, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = sent.clone();
    let server = after_request(move |mut socket| {
        let counted = counted.clone();
        async move {
            socket.write_all(head).await.unwrap();
            while counted.load(Ordering::SeqCst) < 1 << 30 && socket.write_all(piece).await.is_ok()
            {
                counted.fetch_add(piece.len(), Ordering::SeqCst);
            }
        }
    })
    .await;
    (server, sent)
}

#[tokio::test]
async fn a_gigabyte_is_not_read() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const UNTIL_CLOSED: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
    static PIECE: [u8; 8192] = [b'x'; 8192];
    for (head, piece) in [
        (HEAD, &PIECE[..]),
        (CHUNKED, &b"10\r\nxxxxxxxxxxxxxxxx\r\n"[..]),
        (UNTIL_CLOSED, &PIECE[..]),
    ] {
        let (server, sent) = flooding(head, piece).await;
        let start = Instant::now();
        let answer = answer_of(&server).await;
        assert!(start.elapsed() < Duration::from_secs(10));
        assert_eq!((answer.status, answer.body.len()), (200, 4096));
        assert!(answer.body.iter().all(|byte| *byte == b'x'));
        assert_eq!(answer.body_failure.unwrap().class, ErrorClass::Body);
        // What lies in the buffers of both sockets, and no more.
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(sent.load(Ordering::SeqCst) < 32 << 20, "{sent:?}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_no_answer() {
    let heads: [(&[u8], &[u8]); 3] = [
        (b"HTTP/1.1 200 OK\r\nx-long: ", &[b'x'; 8192]),
        (b"HTTP/1.1 200 OK\r\n", b"x-many: 1\r\n"),
        (b"HTTP/1.1 200 ", &[b'x'; 8192]),
    ];
    for (head, piece) in heads {
        let (server, sent) = flooding(head, piece).await;
        let attempt = post(&transport(), &server.url(), &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Http);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(sent.load(Ordering::SeqCst) < 32 << 20, "{sent:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_an_error_of_http() {
    let garbage: [&[u8]; 9] = [
        b"\0\x01\x02\x03\xff\xfe\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"<html>hello</html>",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nx: \0\r\n\r\n",
    ];
    for bytes in garbage {
        let server = after_request(move |mut socket| async move {
            socket.write_all(bytes).await.unwrap();
        })
        .await;
        let attempt = post(&transport(), &server.url(), &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Http, "{bytes:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_early_is_an_error_of_http() {
    let closes = after_request(|_| async {}).await;
    let attempt = post(&transport(), &closes.url(), &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Http);
    let resets = after_request(|socket| async move {
        socket.set_zero_linger().unwrap();
    })
    .await;
    let attempt = post(&transport(), &resets.url(), &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Http);
    let closes_at_once = serve("127.0.0.1:0", |_| async {}).await;
    let attempt = post(&transport(), &closes_at_once.url(), &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Http);
}

#[tokio::test]
async fn a_body_that_is_cut_off_does_not_change_the_verdict() {
    let bodies: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nnot hex\r\n",
    ];
    for bytes in bodies {
        let server = after_request(move |mut socket| async move {
            socket.write_all(bytes).await.unwrap();
        })
        .await;
        let answer = answer_of(&server).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"half"[..]));
        assert_eq!(answer.body_failure.unwrap().class, ErrorClass::Body);
    }
}

#[tokio::test]
async fn an_answer_before_the_request_was_read_counts() {
    let server = serve("127.0.0.1:0", |mut socket| async move {
        let mut first = [0; 1];
        socket.read_exact(&mut first).await.unwrap();
        let answer = b"HTTP/1.1 413 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        socket.write_all(answer).await.unwrap();
        hang(socket).await;
    })
    .await;
    assert_eq!(answer_of(&server).await.status, 413);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let server = after_request(|mut socket| async move {
        // Promises to keep the connection, and closes it.
        socket
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
    })
    .await;
    let transport = transport();
    for _ in 0..20 {
        assert!(
            post(&transport, &server.url(), &local())
                .await
                .outcome
                .is_ok()
        );
        // Time for the client to see the end.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.connections(), 20);
}

#[tokio::test]
async fn one_endpoint_that_hangs_delays_no_other() {
    let (hanging, healthy) = (
        after_request(hang).await,
        answering(super::support::OK).await,
    );
    let transport = Arc::new(transport());
    let (other, url) = (transport.clone(), hanging.url());
    let stuck = tokio::spawn(async move { post(&other, &url, &local()).await });
    while hanging.connections() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(
        post(&transport, &healthy.url(), &local())
            .await
            .outcome
            .is_ok()
    );
    assert!(!stuck.is_finished());
    stuck.abort();
}
