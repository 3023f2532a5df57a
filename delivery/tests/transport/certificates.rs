//! Certificates, and transports that trust them.

use std::sync::Arc;

use countersign_delivery::transport::{Transport, TransportSettings};
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::support::Answers;

/// A certificate authority of these tests.
pub(crate) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

pub(crate) fn acceptor(
    authority: &CertifiedIssuer<'static, KeyPair>,
    host: &str,
    protocols: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A transport that trusts this authority, and for which every host is at 127.0.0.1.
pub(crate) fn trusting(authority: &CertifiedIssuer<'static, KeyPair>) -> Transport {
    let settings = TransportSettings::new().resolver(Answers::new(&[&["127.0.0.1"]]));
    let settings = settings
        .root_certificates(authority.pem().as_bytes())
        .unwrap();
    Transport::new(settings).unwrap()
}
