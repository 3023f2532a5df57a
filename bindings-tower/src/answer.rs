use bytes::Bytes;
use countersign::Answer;
use http::header::{HeaderName, HeaderValue};
use http::{Response, StatusCode};

/// The answer in the types of HTTP.
pub(crate) fn response<B: From<Bytes>>(answer: &Answer) -> Response<B> {
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (*name, &**value));
    of_parts(answer.status(), headers, answer.body())
}

/// A response of what the core decided.
pub(crate) fn of_parts<'a, B: From<Bytes>>(
    status: u16,
    headers: impl IntoIterator<Item = (&'static str, &'a str)>,
    body: &str,
) -> Response<B> {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let mut response = Response::new(B::from(body));
    // The core's answers have statuses and headers that HTTP knows.
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}
