//! PostgreSQL, with TLS as the URL says it in libpq's words.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use countersign_delivery::{OpenError, Sender, SenderOptions};
use percent_encoding::percent_decode_str;
use rustls::crypto::ring;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

type Reason = Box<dyn Error + Send + Sync>;

/// Opens an outbox at this URL, without TLS unless it asks for it.
pub(super) fn open(options: SenderOptions, url: &str) -> Result<Sender, Reason> {
    let (url, tls) = Tls::taken_from(url)?;
    let Some(tls) = tls else {
        return options.open_postgres(url).map_err(OpenError::into_source);
    };
    let connector = MakeRustlsConnect::new(tls.configuration()?);
    let database = SenderOptions::postgres(url).open_with_tls(connector);
    options
        .open_postgres_database(database.map_err(countersign_database::OpenError::into_source)?)
        .map_err(OpenError::into_source)
}

/// What a URL says of TLS. Whatever it says, the certificate is verified: of an authority that is
/// trusted, for the name of the host.
#[derive(Default)]
struct Tls {
    is_wanted: Option<bool>,
    /// Files.
    authorities: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl Tls {
    /// What there is of it, and the URL as the crate `tokio-postgres` takes it, which knows neither
    /// the files nor the modes that verify.
    fn taken_from(url: &str) -> Result<(String, Option<Self>), Reason> {
        let credentials = url.find('@').map_or(0, |at| at + 1);
        let Some(query) = url[credentials..].find('?') else {
            return Ok((url.to_owned(), None));
        };
        let (rest, query) = url.split_at(credentials + query);
        let mut tls = Self::default();
        let mut left = Vec::new();
        for parameter in query[1..].split('&').filter(|part| !part.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if !tls.takes(name, decoded(value)?)? {
                left.push(parameter);
            }
        }
        let is_wanted = tls.is_wanted.unwrap_or(tls.names_a_file());
        left.push(if is_wanted {
            "sslmode=require"
        } else {
            "sslmode=disable"
        });
        let url = format!("{rest}?{}", left.join("&"));
        Ok((url, is_wanted.then_some(tls)))
    }

    /// Whether it is of TLS.
    fn takes(&mut self, name: &str, value: Cow<'_, str>) -> Result<bool, Reason> {
        let value = value.into_owned();
        match name {
            "sslmode" => self.is_wanted = Some(is_wanted(&value)?),
            "sslrootcert" => self.authorities = Some(value),
            "sslcert" => self.certificate = Some(value),
            "sslkey" => self.key = Some(value),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn names_a_file(&self) -> bool {
        self.authorities.is_some() || self.certificate.is_some() || self.key.is_some()
    }

    fn configuration(&self) -> Result<ClientConfig, Reason> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(self.roots()?);
        Ok(match (&self.certificate, &self.key) {
            (None, None) => builder.with_no_client_auth(),
            (Some(certificate), Some(key)) => {
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| of("sslkey", error))?;
                let chain = certificates("sslcert", certificate)?;
                let builder = builder.with_client_auth_cert(chain, key);
                builder.map_err(|error| of("sslcert", error))?
            }
            _ => return Err("sslcert and sslkey belong together".into()),
        })
    }

    /// Those of the file alone, or else the system's; Mozilla's, where the system has none.
    fn roots(&self) -> Result<RootCertStore, Reason> {
        let mut roots = RootCertStore::empty();
        match self.authorities.as_deref() {
            None | Some("system") => {
                let native = rustls_native_certs::load_native_certs();
                if roots.add_parsable_certificates(native.certs).0 == 0 {
                    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
                }
            }
            Some(file) => {
                for certificate in certificates("sslrootcert", file)? {
                    let added = roots.add(certificate);
                    added.map_err(|error| of("sslrootcert", error))?;
                }
            }
        }
        Ok(roots)
    }
}

fn is_wanted(mode: &str) -> Result<bool, Reason> {
    match mode {
        "disable" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        // Those that take no TLS for an answer protect nothing.
        _ => Err("sslmode must be disable, require, verify-ca or verify-full".into()),
    }
}

fn certificates(name: &str, file: &str) -> Result<Vec<CertificateDer<'static>>, Reason> {
    let found = CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| of(name, error))?;
    let found: Result<Vec<_>, PemError> = found.collect();
    let found = found.map_err(|error| of(name, error))?;
    match found.is_empty() {
        true => Err(of(name, "there is no certificate in it")),
        false => Ok(found),
    }
}

fn decoded(value: &str) -> Result<Cow<'_, str>, Reason> {
    Ok(percent_decode_str(value).decode_utf8()?)
}

fn of(name: &str, error: impl Display) -> Reason {
    format!("{name}: {error}").into()
}
