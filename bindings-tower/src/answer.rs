use bytes::Bytes;
use countersign::Answer;
use http::header::{HeaderName, HeaderValue};
use http::{Response, StatusCode};

/// The answer in the types of HTTP.
pub(crate) fn response<B: From<Bytes>>(answer: &Answer) -> Response<B> {
    let body = Bytes::copy_from_slice(answer.body().as_bytes());
    let mut response = Response::new(B::from(body));
    // The core's answers have statuses and headers that HTTP knows.
    *response.status_mut() =
        StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}
