use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderValue, Uri};

use super::settings::TransportError;

/// A proxy that itself refuses to connect to special addresses, such as Stripe's Smokescreen or a
/// Squid with `deny to_localhost` and the like.
///
/// Behind a proxy the sender sees no address of a host's name, so that its
/// [`DestinationRules`](countersign::DestinationRules) judge literal addresses alone. Only a proxy
/// that does the rest may be used. Each connection is a tunnel (CONNECT), also for `http://`.
#[derive(Clone)]
pub struct EnforcingProxy {
    pub(super) uri: Uri,
    pub(super) authorization: Option<HeaderValue>,
}

impl EnforcingProxy {
    /// The proxy at this address: `http://`, a host and a port.
    ///
    /// ```
    /// use countersign_delivery::transport::EnforcingProxy;
    ///
    /// let proxy = EnforcingProxy::parse("http://proxy.internal:4750")?;
    /// # Ok::<(), countersign_delivery::transport::TransportError>(())
    /// ```
    ///
    /// # Errors
    /// It is anything else.
    pub fn parse(url: &str) -> Result<Self, TransportError> {
        let uri: Uri = url.parse().map_err(|_| TransportError::MalformedProxy)?;
        let has_credentials = uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'));
        let is_plain = uri.path() == "/" && uri.query().is_none() && !has_credentials;
        match uri.scheme_str() == Some("http") && uri.port_u16().is_some() && is_plain {
            true => Ok(Self {
                uri,
                authorization: None,
            }),
            false => Err(TransportError::MalformedProxy),
        }
    }

    /// Shows these to the proxy, in the scheme "Basic".
    #[must_use]
    pub fn with_credentials(mut self, user: &str, password: &str) -> Self {
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        // Base64 is always a header's value.
        self.authorization = HeaderValue::try_from(format!("Basic {encoded}")).ok();
        self
    }
}

impl fmt::Debug for EnforcingProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnforcingProxy")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}
