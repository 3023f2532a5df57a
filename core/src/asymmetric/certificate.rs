//! The certificate (RFC 5280) in which a provider gives its key.
//!
//! That it is the provider's follows from where it was fetched: by HTTPS from a host on the scheme's
//! list. Here it is read, its names and its time are checked.

use alloc::string::String;
use alloc::vec::Vec;

use der::Decode as _;
use x509_cert::Certificate;
use x509_cert::der::referenced::OwnedToRef as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::key_url::fits_pattern;
use super::reading::from_pem;
use super::{HeldKey, PublicKey};
use crate::error::{KeyDefect, VerificationError};
use crate::time::UnixTime;

/// What ends a certificate in PEM.
const END: &str = "-----END CERTIFICATE-----";

/// The key of the first certificate in PEM, one of whose names is among these and which is valid now.
pub(super) fn read(
    text: &str,
    names: &[&str],
    now: UnixTime,
) -> Result<HeldKey, VerificationError> {
    let malformed = || VerificationError::MalformedKey(KeyDefect::Unreadable);
    // Those of who issued it come after it.
    let end = text.find(END).map_or(text.len(), |at| at + END.len());
    let der = from_pem(&text[..end], "CERTIFICATE").ok_or_else(malformed)?;
    let certificate = Certificate::from_der(&der).map_err(|_| malformed())?;
    let certificate = certificate.tbs_certificate();
    let is_named = names_of(certificate)
        .iter()
        .any(|name| names.iter().any(|pattern| fits_pattern(pattern, name)));
    if !is_named {
        return Err(VerificationError::UntrustedCertificate);
    }
    let validity = certificate.validity();
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
    if !(seconds(validity.not_before)..=seconds(validity.not_after)).contains(&now.seconds()) {
        return Err(VerificationError::ExpiredCertificate);
    }
    let info = certificate.subject_public_key_info().owned_to_ref();
    PublicKey::from_key_info(info)
        .map(HeldKey::public)
        .ok_or_else(malformed)
}

/// The DNS names, or the common name where there are none (RFC 6125 section 6.4.4).
fn names_of(certificate: &x509_cert::TbsCertificate) -> Vec<String> {
    match certificate.get_extension::<SubjectAltName>() {
        Ok(Some((_, alternatives))) => {
            let names = alternatives.0.iter().filter_map(|name| match name {
                GeneralName::DnsName(name) => Some(name.as_str().into()),
                _ => None,
            });
            return names.collect();
        }
        // One that cannot be read may name another.
        Err(_) => return Vec::new(),
        Ok(None) => {}
    }
    let common = certificate.subject().common_name();
    let common = common.ok().flatten();
    common.iter().map(|name| name.value().into()).collect()
}
