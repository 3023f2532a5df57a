//! Endpoints that misbehave over HTTP/2, where one connection serves many requests.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign_delivery::transport::{ErrorClass, Transport};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::certificates::{acceptor, authority, trusting};
use super::support::{Server, class_of, impatient, local, post, post_within, serve};

/// Pieces of 1 KiB, so many of them.
struct Pieces(usize);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0 == 0 {
            return Poll::Ready(None);
        }
        self.0 -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 1024])))))
    }
}

async fn answering_with<F, A>(answer: F) -> (Server, Transport, String)
where
    F: Fn() -> A + Send + Sync + Clone + 'static,
    A: Future<Output = io::Result<Response<Pieces>>> + Send + 'static,
{
    let authority = authority();
    let acceptor = acceptor(&authority, "hooks.example.com", &["h2"], |_| {});
    let server = serve("127.0.0.1:0", move |socket| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            let stream = acceptor.accept(socket).await.unwrap();
            let service = service_fn(move |_: http::Request<Incoming>| answer());
            let server = Builder::new(TokioExecutor::new());
            // Ends when the client goes.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        }
    })
    .await;
    let url = format!("https://hooks.example.com:{}/in", server.port);
    (server, trusting(&authority), url)
}

#[tokio::test]
async fn a_body_without_end_costs_its_stream_alone() {
    let (server, transport, url) =
        answering_with(|| async { Ok(Response::new(Pieces(1 << 20))) }).await;
    for _ in 0..3 {
        let answer = post(&transport, &url, &local()).await.outcome.unwrap();
        assert_eq!((answer.status, answer.body.len()), (200, 4096));
        assert_eq!(answer.body_failure.unwrap().class, ErrorClass::Body);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_that_is_reset_is_an_error_of_http() {
    let (_server, transport, url) =
        answering_with(|| async { Err(io::Error::other("a handler failed")) }).await;
    let attempt = post(&transport, &url, &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Http);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_an_error_of_http() {
    let mut headers = HeaderMap::new();
    for number in 0..100 {
        let name = HeaderName::try_from(format!("x-{number}")).unwrap();
        headers.insert(name, HeaderValue::try_from("v".repeat(1024)).unwrap());
    }
    let (_server, transport, url) = answering_with(move || {
        let mut answer = Response::new(Pieces(0));
        *answer.headers_mut() = headers.clone();
        async { Ok(answer) }
    })
    .await;
    let attempt = post(&transport, &url, &local()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Http);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_times_out() {
    let (_server, transport, url) = answering_with(std::future::pending).await;
    for _ in 0..2 {
        let timeouts = impatient("first_byte");
        let attempt = post_within(&transport, &url, &local(), timeouts).await;
        assert_eq!(class_of(&attempt), ErrorClass::Timeout);
        assert!(attempt.outcome.unwrap_err().detail.contains("no answer"));
    }
}
