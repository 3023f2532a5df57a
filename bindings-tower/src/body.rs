//! Reads a body as far as the limit, and no longer than it may take.

use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use countersign::{Error, GuardError, PayloadError};
use http_body::Body;
use http_body_util::BodyExt;

/// The whole body, of at most so many bytes.
///
/// # Errors
/// `payload_too_large`, `body_timeout`, `incomplete_body`.
pub(crate) async fn read_body<B: Body>(
    body: B,
    limit: usize,
    time: Duration,
) -> Result<Bytes, Error> {
    tokio::time::timeout(time, collect(body, limit))
        .await
        .unwrap_or_else(|_| Err(GuardError::BodyTimeout.into()))
}

async fn collect<B: Body>(body: B, limit: usize) -> Result<Bytes, Error> {
    let mut body = pin!(body);
    // Most bodies come in one piece, which is kept as it is.
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Whatever the host calls it: the connection ended, or the body's framing is broken.
        let frame = frame.map_err(|_| GuardError::IncompleteBody)?;
        // What is no data is trailers, which nothing is signed of.
        let Ok(mut piece) = frame.into_data() else {
            continue;
        };
        let length = first.len().max(whole.len());
        if piece.remaining() > limit - length {
            return Err(PayloadError::TooLarge { limit }.into());
        }
        if length == 0 {
            first = piece.copy_to_bytes(piece.remaining());
            continue;
        }
        if whole.is_empty() {
            whole = BytesMut::from(first.as_ref());
        }
        whole.extend_from_slice(&piece.copy_to_bytes(piece.remaining()));
    }
    Ok(match whole.is_empty() {
        true => first,
        false => whole.freeze(),
    })
}
