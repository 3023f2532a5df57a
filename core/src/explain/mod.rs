//! Why a request is refused, and what would make it pass.
//!
//! [`Webhook::explain`] takes what [`Webhook::verify`] takes. It asks `verify` first; of a refusal
//! it looks for the cause by asking `verify` again about the request as it may have been signed:
//! with the body in another JSON layout, the secret in another form, the URL of the other side of
//! a proxy. What then fits is proven. The rest goes by looks and says so.
//!
//! A report is for the log and the developer. It holds no secret, no byte of the payload and no
//! signature; of a request it repeats names of headers that resemble those of the scheme. Nothing
//! here changes a verdict, and `verify` calls nothing here.
//!
//! The work is bounded: at most [`MAX_MACS`] keyed hashes over at most [`MAX_HASHED_BYTES`]; a body
//! above [`MAX_REWRITTEN_BODY`] is not written in other forms, nor one in forms above [`MAX_VARIANT`].
//! What would take more than is left is not tried. One fault is looked for at a time, besides a
//! timestamp that is stale as well.

mod body;
mod detect;
mod finding;
mod form;
mod headers;
mod json;
mod mismatch;
mod report;
mod request;
mod search;
mod secret;
mod signature;
mod time;
mod url;
mod work;

pub use body::{MAX_REWRITTEN_BODY, MAX_VARIANT};
pub use detect::detect;
pub use finding::{Certainty, Evidence, Finding, FindingCode};
pub use headers::EveryHeader;
pub use report::Explanation;
pub use work::{MAX_HASHED_BYTES, MAX_MACS};

use crate::headers::Request;
use crate::time::UnixTime;
use crate::webhook::Webhook;
use search::Search;

impl Webhook {
    /// Says why [`verify`](Self::verify) refuses this request at this instant, and what would make
    /// it pass.
    ///
    /// For development and logs. It is many times as slow as `verify`, whose verdict is the one
    /// that counts: call this for a request that was refused, and not for every one that strangers
    /// send.
    ///
    /// ```
    /// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let webhook = Webhook::new(Scheme::GITHUB, [Secret::parse("It's a Secret to Everybody")?])?;
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let headers = webhook.sign(None, now, br#"{"zen":"Keep it simple."}"#)?;
    ///
    /// // A framework parsed the body and wrote it again.
    /// let body = br#"{"zen": "Keep it simple."}"#;
    /// let explanation = webhook.explain(&Request::new(&headers, body), now);
    /// assert_eq!(explanation.findings()[0].code().as_str(), "body_reserialised");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn explain<H: EveryHeader + ?Sized>(
        &self,
        request: &Request<'_, H>,
        now: UnixTime,
    ) -> Explanation {
        match self.verify(request, now) {
            Ok(verified) => Explanation::accepted(verified.key_index()),
            Err(error) => {
                let mut pairs = alloc::vec::Vec::new();
                request
                    .headers
                    .every(&mut |name, value| pairs.push((name, value)));
                let received = request::Received {
                    pairs,
                    body: request.body,
                    method: request.method,
                    url: request.url,
                    key: request.key,
                };
                let findings = Search::new(self, &received, now).findings(&error);
                Explanation::refused(error, findings)
            }
        }
    }
}
