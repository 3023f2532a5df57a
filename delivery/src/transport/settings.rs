use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::proxy::EnforcingProxy;
use super::resolve::{Resolve, SystemResolver};

/// How long the parts of an attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Until there is a connection: resolver, TCP and TLS. 10 seconds if not said; two minutes are
    /// the most.
    pub connect: Duration,
    /// From then on until the head of the answer. 20 seconds if not said, as Standard Webhooks asks
    /// for 15 to 30.
    pub first_byte: Duration,
    /// All of it, the body of the answer included. 30 seconds if not said.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(20),
            total: Duration::from_secs(30),
        }
    }
}

/// What all attempts of a [`Transport`](super::Transport) share.
#[derive(Clone)]
#[must_use = "settings are for `Transport::new`"]
pub struct TransportSettings {
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) roots: Vec<CertificateDer<'static>>,
    pub(super) proxy: Option<EnforcingProxy>,
    pub(super) idle: Duration,
    pub(super) idle_connections: usize,
}

impl TransportSettings {
    /// The system's resolver, the system's certificate authorities (those of `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR`, if set; Mozilla's, if the system has none), and no proxy.
    pub fn new() -> Self {
        Self {
            resolver: Arc::new(SystemResolver),
            roots: Vec::new(),
            proxy: None,
            // Below the 5 seconds of Node.js, which would else close under the next request.
            idle: Duration::from_secs(4),
            idle_connections: 64,
        }
    }

    /// Resolves names in another way. What it answers is checked all the same.
    pub fn resolver(mut self, resolver: impl Resolve) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    /// Further certificate authorities that are trusted, in PEM.
    ///
    /// # Errors
    /// There is no certificate in it, or one is malformed.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, TransportError> {
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| TransportError::MalformedCertificate)?;
            self.roots.push(certificate);
        }
        match self.roots.len() > before {
            true => Ok(self),
            false => Err(TransportError::MalformedCertificate),
        }
    }

    /// Sends everything through a proxy, which resolves the names and so is the one that must
    /// refuse special addresses; see [`EnforcingProxy`].
    pub fn proxy_that_enforces_destinations(mut self, proxy: EnforcingProxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// How long a connection is kept that nothing is sent on; 4 seconds if not said.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle = time;
        self
    }

    /// How many of them are kept for each host; 64 if not said.
    pub fn idle_connections(mut self, count: usize) -> Self {
        self.idle_connections = count;
        self
    }
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TransportSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportSettings")
            .field("roots", &self.roots.len())
            .field("proxy", &self.proxy)
            .field("idle", &self.idle)
            .field("idle_connections", &self.idle_connections)
            .finish_non_exhaustive()
    }
}

/// A transport cannot be made of its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportError {
    /// What should be certificates in PEM is none.
    MalformedCertificate,
    /// A certificate cannot be a certificate authority's.
    UnusableCertificate(String),
    /// The address of a proxy is not `http://`, a host and a port.
    MalformedProxy,
    /// TLS cannot be set up, or the environment names certificate authorities that are none.
    Tls(String),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedCertificate => {
                f.write_str("the certificates are not PEM that begins with BEGIN CERTIFICATE")
            }
            Self::UnusableCertificate(why) => write!(f, "a certificate cannot be used: {why}"),
            Self::MalformedProxy => f.write_str(
                "the proxy is not http://, a host and a port, such as http://proxy.internal:4750; \
                 its user name and password are given by with_credentials",
            ),
            Self::Tls(why) => write!(f, "TLS cannot be set up: {why}"),
        }
    }
}

impl Error for TransportError {}
