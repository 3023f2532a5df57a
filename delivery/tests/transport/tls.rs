//! Certificates and HTTP/2.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use countersign_delivery::transport::{ErrorClass, Transport, TransportError, TransportSettings};
use http::{Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, date_time_ymd};
use tokio_rustls::TlsAcceptor;

use super::certificates::{acceptor, authority, trusting};
use super::support::{OK, Server, answering, class_of, impatient, local, post, post_within, serve};

/// Counts the requests of each version of HTTP.
#[derive(Default)]
struct Counts {
    http1: AtomicUsize,
    http2: AtomicUsize,
}

async fn secure(acceptor: TlsAcceptor) -> (Server, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let counted = counts.clone();
    let server = serve("127.0.0.1:0", move |socket| {
        let (acceptor, counts) = (acceptor.clone(), counted.clone());
        async move {
            // A client that trusts nothing ends the handshake.
            let Ok(stream) = acceptor.accept(socket).await else {
                return;
            };
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let counts = counts.clone();
                async move {
                    match request.version() {
                        Version::HTTP_2 => counts.http2.fetch_add(1, Ordering::SeqCst),
                        _ => counts.http1.fetch_add(1, Ordering::SeqCst),
                    };
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    Ok::<_, Infallible>(Response::new(Full::<Bytes>::new(body)))
                }
            });
            let stream = TokioIo::new(stream);
            // Ends when the client goes.
            let _ = match is_http2 {
                true => {
                    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    server.serve_connection(stream, service).await
                }
                false => {
                    let server = hyper::server::conn::http1::Builder::new();
                    server.serve_connection(stream, service).await
                }
            };
        }
    })
    .await;
    (server, counts)
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered_and_shares_a_connection() {
    let authority = authority();
    let acceptor = acceptor(&authority, "hooks.example.com", &["h2", "http/1.1"], |_| {});
    let (server, counts) = secure(acceptor).await;
    let transport = Arc::new(trusting(&authority));
    let url = format!("https://hooks.example.com:{}/in", server.port);
    let answer = post(&transport, &url, &local()).await.outcome.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"{\"id\":7}"[..]));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (transport, url) = (transport.clone(), url.clone());
            tokio::spawn(async move { post(&transport, &url, &local()).await.outcome })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().status, 200);
    }
    assert_eq!(counts.http2.load(Ordering::SeqCst), 51);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn http1_is_spoken_where_there_is_no_other() {
    let authority = authority();
    for protocols in [&["http/1.1"][..], &[]] {
        let acceptor = acceptor(&authority, "hooks.example.com", protocols, |_| {});
        let (server, counts) = secure(acceptor).await;
        let transport = trusting(&authority);
        let url = format!("https://hooks.example.com:{}/in", server.port);
        for _ in 0..3 {
            assert_eq!(
                post(&transport, &url, &local())
                    .await
                    .outcome
                    .unwrap()
                    .status,
                200
            );
        }
        assert_eq!(counts.http1.load(Ordering::SeqCst), 3);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_certificate_of_an_address_is_good_for_the_address() {
    let authority = authority();
    let (server, _) = secure(acceptor(&authority, "127.0.0.1", &["h2"], |_| {})).await;
    let url = format!("https://127.0.0.1:{}/in", server.port);
    let attempt = post(&trusting(&authority), &url, &local()).await;
    assert_eq!(attempt.outcome.unwrap().status, 200);
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_an_error_of_tls() {
    let (ours, other) = (authority(), authority());
    let good = |_: &mut CertificateParams| {};
    let expired = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    };
    let (unknown, _) = secure(acceptor(&other, "hooks.example.com", &["h2"], good)).await;
    let (wrong_name, _) = secure(acceptor(&ours, "other.example.com", &["h2"], good)).await;
    let (too_old, _) = secure(acceptor(&ours, "hooks.example.com", &["h2"], expired)).await;
    let transport = trusting(&ours);
    for server in [&unknown, &wrong_name, &too_old] {
        let url = format!("https://hooks.example.com:{}/in", server.port);
        let attempt = post(&transport, &url, &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Tls, "{attempt:?}");
        let detail = attempt.outcome.unwrap_err().detail;
        assert!(detail.contains("certificate"), "{detail}");
    }
    // By its address, too.
    let (named, _) = secure(acceptor(&ours, "hooks.example.com", &["h2"], good)).await;
    let url = format!("https://127.0.0.1:{}/in", named.port);
    assert_eq!(
        class_of(&post(&transport, &url, &local()).await),
        ErrorClass::Tls
    );
}

#[tokio::test]
async fn what_is_not_tls_is_an_error_of_tls() {
    let authority = authority();
    let plain = answering(OK).await;
    let closes = serve("127.0.0.1:0", |_| async {}).await;
    let resets = serve("127.0.0.1:0", |socket| async move {
        socket.set_zero_linger().unwrap();
    })
    .await;
    // A server that waits for a request gets no more than the beginning of a handshake.
    let url = format!("https://hooks.example.com:{}/in", plain.port);
    let timeouts = impatient("connect");
    let attempt = post_within(&trusting(&authority), &url, &local(), timeouts).await;
    assert_eq!(class_of(&attempt), ErrorClass::Timeout);
    for server in [&closes, &resets] {
        let url = format!("https://hooks.example.com:{}/in", server.port);
        let attempt = post(&trusting(&authority), &url, &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Tls);
    }
    let speaks = serve("127.0.0.1:0", |mut socket| async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        socket
            .write_all(b"220 mail.example.com ESMTP\r\n")
            .await
            .unwrap();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest).await;
    })
    .await;
    let url = format!("https://hooks.example.com:{}/in", speaks.port);
    let attempt = post(&trusting(&authority), &url, &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Tls);
}

#[test]
fn certificates_are_pem() {
    for pem in [
        &b""[..],
        b"hello",
        b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
    ] {
        let error = TransportSettings::new().root_certificates(pem).unwrap_err();
        assert_eq!(error, TransportError::MalformedCertificate);
    }
    let nonsense = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let settings = TransportSettings::new()
        .root_certificates(nonsense)
        .unwrap();
    let error = Transport::new(settings).unwrap_err();
    assert!(matches!(error, TransportError::UnusableCertificate(_)));
}
