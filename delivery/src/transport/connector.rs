use std::error::Error;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use countersign::DestinationRules;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::failure::{ErrorClass, Failure, causes};
use super::proxy::EnforcingProxy;
use super::resolve::{CheckedResolver, Resolve};
use super::stream::Stream;

/// The end of connecting for those who wait no more: another connection became free meanwhile, and
/// the client goes on with this one in the background.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes the connections of the endpoints with these rules: to checked addresses, over TLS where
/// the URL says so.
#[derive(Clone)]
pub(super) struct Connector {
    dial: Dial,
    tls: TlsConnector,
    rules: Arc<DestinationRules>,
}

#[derive(Clone)]
enum Dial {
    Direct(HttpConnector<CheckedResolver>),
    Proxied(Tunnel<HttpConnector<CheckedResolver>>),
}

impl Connector {
    pub(super) fn new(
        rules: Arc<DestinationRules>,
        resolver: Arc<dyn Resolve>,
        proxy: Option<&EnforcingProxy>,
        tls: TlsConnector,
    ) -> Self {
        let tcp = |rules| {
            let resolver = CheckedResolver::new(resolver, rules);
            let mut connector = HttpConnector::new_with_resolver(resolver);
            connector.enforce_http(false);
            connector.set_nodelay(true);
            connector
        };
        let dial = match proxy {
            None => Dial::Direct(tcp(Some(rules.clone()))),
            Some(proxy) => {
                let tunnel = Tunnel::new(proxy.uri.clone(), tcp(None));
                Dial::Proxied(match &proxy.authorization {
                    None => tunnel,
                    Some(value) => tunnel.with_auth(value.clone()),
                })
            }
        };
        Self { dial, tls, rules }
    }

    async fn connect(mut self, uri: Uri) -> Result<TokioIo<Stream>, Failure> {
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        // The client asks no resolver for an address.
        if let Ok(address) = host.parse::<IpAddr>() {
            self.rules.check(&[address])?;
        }
        let tcp = self.dial.dial(&uri).await?;
        if uri.scheme_str() != Some("https") {
            return Ok(TokioIo::new(Stream::Plain(tcp)));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| Failure::of(ErrorClass::Tls, &error))?;
        let secured = self.tls.connect(name, tcp).await;
        let secured = secured.map_err(|error| Failure::of(ErrorClass::Tls, &error))?;
        Ok(TokioIo::new(Stream::Tls(Box::new(secured))))
    }
}

impl Dial {
    async fn dial(&mut self, uri: &Uri) -> Result<TcpStream, Failure> {
        let connected = match self {
            Self::Direct(tcp) => tcp.call(uri.clone()).await.map_err(|error| why(&error)),
            Self::Proxied(tunnel) => {
                // A tunnel takes 443 for granted.
                let uri = with_port(uri)?;
                tunnel.call(uri).await.map_err(|error| why(&error))
            }
        };
        connected.map(TokioIo::into_inner)
    }
}

fn with_port(uri: &Uri) -> Result<Uri, Failure> {
    if uri.port().is_some() || uri.scheme_str() != Some("http") {
        return Ok(uri.clone());
    }
    let authority = format!("{}:80", uri.host().unwrap_or_default());
    let built = Uri::builder()
        .scheme("http")
        .authority(authority)
        .path_and_query("/")
        .build();
    built.map_err(|error| Failure::of(ErrorClass::Http, &error))
}

/// What the resolver said, or else what the system did.
fn why(error: &(dyn Error + 'static)) -> Failure {
    let said = causes(error).find_map(|cause| cause.downcast_ref::<Failure>());
    said.cloned()
        .unwrap_or_else(|| Failure::of(ErrorClass::Connect, error))
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.clone().connect(uri);
        Box::pin(async move {
            let late = || Failure::new(ErrorClass::Timeout, "no connection in two minutes");
            let connected = timeout(PATIENCE, connecting).await;
            connected.unwrap_or_else(|_| Err(late()))
        })
    }
}
