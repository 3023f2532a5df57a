use std::env;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::settings::{TransportError, TransportSettings};

/// By which variables of the environment the system's authorities are replaced.
const REPLACEMENTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// TLS 1.2 and 1.3 with the certificate authorities of the system, or Mozilla's where the system has
/// none, and those of the settings.
pub(super) fn configuration(settings: &TransportSettings) -> Result<ClientConfig, TransportError> {
    let mut roots = RootCertStore::empty();
    // Single certificates of a system are often unreadable; the others count.
    let native = rustls_native_certs::load_native_certs();
    let (usable, _) = roots.add_parsable_certificates(native.certs);
    if usable == 0 {
        // Whoever names the authorities trusts no others.
        if REPLACEMENTS.iter().any(|name| env::var_os(name).is_some()) {
            let names = REPLACEMENTS.join(" or ");
            return Err(TransportError::Tls(format!(
                "{names} names no usable certificate"
            )));
        }
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for certificate in &settings.roots {
        roots
            .add(certificate.clone())
            .map_err(|error| TransportError::UnusableCertificate(error.to_string()))?;
    }
    // Named here, because what a program installed as the default of the process is not known.
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TransportError::Tls(error.to_string()))?;
    let mut configuration = builder.with_root_certificates(roots).with_no_client_auth();
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(configuration)
}
