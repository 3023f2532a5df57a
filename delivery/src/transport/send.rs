use std::error::Error;
use std::fmt;
use std::pin::pin;

use countersign::DeliveryError;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, RETRY_AFTER, TRANSFER_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::capture_connection;
use tokio::time::{Instant, sleep_until};

use super::attempt::{Answer, Attempt, Request};
use super::body;
use super::clients::Clients;
use super::failure::{ErrorClass, Failure, causes};
use super::settings::{TransportError, TransportSettings};
use super::target;

const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("Countersign/", env!("CARGO_PKG_VERSION")));

/// What would make one request two, or another than the client means.
const FRAMING: [HeaderName; 4] = [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];

const MAX_RETRY_AFTER: usize = 64;

/// Sends requests over connections that are kept. Needs a tokio runtime with time and I/O.
pub struct Transport {
    clients: Clients,
}

impl Transport {
    /// A transport with these settings.
    ///
    /// # Errors
    /// TLS cannot be set up with these certificates.
    pub fn new(settings: TransportSettings) -> Result<Self, TransportError> {
        Ok(Self {
            clients: Clients::new(settings)?,
        })
    }

    /// Sends the request once. It ends within the total of its timeouts; if the future is dropped,
    /// whether the endpoint got the request is not known.
    pub async fn attempt(&self, request: Request<'_>) -> Attempt {
        let start = Instant::now();
        let outcome = self.send(request, start).await;
        Attempt {
            outcome,
            duration: start.elapsed(),
        }
    }

    async fn send(&self, request: Request<'_>, start: Instant) -> Result<Answer, Failure> {
        let Request {
            destination,
            rules,
            timeouts,
            headers,
            body,
        } = request;
        // The destination may have been parsed under other rules; the connector judges its address.
        if !destination.is_https() && !rules.allows_http() {
            return Err(DeliveryError::InsecureUrl.into());
        }
        let end = start + timeouts.total;
        let headers = complete(headers, body.len())?;
        let mut message = http::Request::new(Full::new(body));
        *message.method_mut() = Method::POST;
        *message.uri_mut() = target::uri(destination)?;
        *message.headers_mut() = headers;

        let mut connection = capture_connection(&mut message);
        let client = self.clients.of(rules);
        let mut answering = pin!(client.request(message));
        let mut timer = pin!(sleep_until(end.min(start + timeouts.connect)));
        let mut is_connected = false;
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut answering => break answer.map_err(|error| why(&error))?,
                _ = connection.wait_for_connection_metadata(), if !is_connected => {
                    is_connected = true;
                    let first_byte = Instant::now() + timeouts.first_byte;
                    timer.as_mut().reset(end.min(first_byte));
                }
                () = &mut timer => {
                    let late = match is_connected {
                        true => "no answer in time",
                        false => "no connection in time",
                    };
                    return Err(Failure::new(ErrorClass::Timeout, late));
                }
            }
        };
        Ok(read(answer, end).await)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

fn complete(mut headers: HeaderMap, length: usize) -> Result<HeaderMap, Failure> {
    if let Some(name) = FRAMING.iter().find(|name| headers.contains_key(*name)) {
        let detail = format!("the header {name} is written by the transport alone");
        return Err(Failure::new(ErrorClass::Http, detail));
    }
    // Of an empty body hyper says nothing.
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.entry(USER_AGENT).or_insert(AGENT);
    Ok(headers)
}

async fn read(answer: http::Response<Incoming>, end: Instant) -> Answer {
    let (head, body) = answer.into_parts();
    let (body, body_failure) = body::read(body, end).await;
    Answer {
        status: head.status.as_u16(),
        retry_after: retry_after(&head.headers),
        body,
        body_failure,
    }
}

fn retry_after(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    (value.len() <= MAX_RETRY_AFTER).then(|| value.to_owned())
}

/// What the connector said, or else what became of the request.
fn why(error: &(dyn Error + 'static)) -> Failure {
    let said = causes(error).find_map(|cause| cause.downcast_ref::<Failure>());
    if let Some(failure) = said {
        return failure.clone();
    }
    let secure = |cause: &(dyn Error + 'static)| cause.is::<rustls::Error>();
    // A server may refuse TLS 1.3 only after its handshake.
    if causes(error).any(secure) {
        return Failure::of(ErrorClass::Tls, error);
    }
    Failure::of(ErrorClass::Http, error)
}
