use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};

use super::failure::{ErrorClass, Failure};

/// How much of a body is read, so that its connection can be used again.
const MAX_READ: usize = 64 * 1024;
/// How much of it is kept.
const MAX_KEPT: usize = 4 * 1024;

/// The beginning of the body, and why it was not read to its end. What is not read is dropped, and
/// with it the connection or the stream.
pub(super) async fn read(mut body: Incoming, end: Instant) -> (Bytes, Option<Failure>) {
    let mut kept = BytesMut::new();
    let mut length = 0_usize;
    while !body.is_end_stream() {
        let frame = match timeout_at(end, body.frame()).await {
            Err(_) => {
                let late =
                    Failure::new(ErrorClass::Timeout, "the body of the answer took too long");
                return (kept.freeze(), Some(late));
            }
            Ok(None) => break,
            Ok(Some(Err(error))) => {
                return (kept.freeze(), Some(Failure::of(ErrorClass::Body, &error)));
            }
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let room = MAX_KEPT - kept.len();
        kept.extend_from_slice(&data[..data.len().min(room)]);
        length += data.len();
        if length > MAX_READ {
            let long = Failure::new(ErrorClass::Body, "the body of the answer exceeds 64 KiB");
            return (kept.freeze(), Some(long));
        }
    }
    (kept.freeze(), None)
}
