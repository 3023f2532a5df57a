//! Keys that a provider publishes.

use std::pin::Pin;

use bytes::Bytes;
use countersign::{GuardError, KeyNeeded};

/// What a source of keys will answer; any error counts as `key_unavailable`, which is answered 503.
pub type KeyFuture<'a> = Pin<Box<dyn Future<Output = Result<Bytes, GuardError>> + Send + 'a>>;

/// Fetches the keys of schemes that name one in each request, such as PayPal and Amazon SNS, and keeps
/// them.
///
/// A URL was checked to be the provider's. Fetch by HTTPS alone, follow no redirect, take no more than
/// some kilobytes, and bound how often: requests that nobody has signed may name keys.
///
/// ```
/// use countersign::{GuardError, KeyNeeded, Scheme, Secret, Webhook};
/// use countersign_tower::{KeyFuture, KeySource, Receiver};
///
/// /// Certificates that were fetched before the program began.
/// struct Known(std::collections::HashMap<String, bytes::Bytes>);
///
/// impl KeySource for Known {
///     fn key<'a>(&'a self, needed: &'a KeyNeeded) -> KeyFuture<'a> {
///         let key = needed.url().and_then(|url| self.0.get(url));
///         Box::pin(async move { key.cloned().ok_or(GuardError::KeyUnavailable) })
///     }
/// }
///
/// let topic = Secret::parse("arn:aws:sns:eu-central-1:123456789012:orders")?;
/// let receiver = Receiver::new(Webhook::new(Scheme::SNS, [topic])?).keys(Known(Default::default()));
/// # let _ = receiver;
/// # Ok::<(), countersign::Error>(())
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// The key, as the provider answers it.
    fn key<'a>(&'a self, needed: &'a KeyNeeded) -> KeyFuture<'a>;
}
