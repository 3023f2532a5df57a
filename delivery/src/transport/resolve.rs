use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use countersign::DestinationRules;
use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

use super::failure::{ErrorClass, Failure};

/// A look-up under way.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of hosts.
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
/// use countersign_delivery::transport::{Resolve, Resolving};
///
/// /// Knows one host.
/// struct Fixed;
///
/// impl Resolve for Fixed {
///     fn resolve(&self, host: &str) -> Resolving {
///         let is_known = host == "hooks.internal";
///         Box::pin(async move {
///             Ok(if is_known { vec![IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7))] } else { Vec::new() })
///         })
///     }
/// }
/// ```
pub trait Resolve: Send + Sync + 'static {
    /// All addresses of the host, the best first. The name is in lower case, and never an address.
    fn resolve(&self, host: &str) -> Resolving;
}

impl<R: Resolve + ?Sized> Resolve for Arc<R> {
    fn resolve(&self, host: &str) -> Resolving {
        (**self).resolve(host)
    }
}

/// The resolver of the operating system (`getaddrinfo`), with its `hosts` file, its caches and its
/// settings. Each look-up takes a thread of the runtime's pool.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Gives the client nothing but addresses that the rules allow.
#[derive(Clone)]
pub(super) struct CheckedResolver {
    resolver: Arc<dyn Resolve>,
    /// `None` for the address of a proxy, which is the user's own.
    rules: Option<Arc<DestinationRules>>,
}

impl CheckedResolver {
    pub(super) fn new(resolver: Arc<dyn Resolve>, rules: Option<Arc<DestinationRules>>) -> Self {
        Self { resolver, rules }
    }
}

impl Service<Name> for CheckedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, host: Name) -> Self::Future {
        let rules = self.rules.clone();
        let resolving = self.resolver.resolve(host.as_str());
        Box::pin(async move {
            let addresses = resolving
                .await
                .map_err(|error| Failure::new(ErrorClass::Dns, error.to_string()))?;
            if addresses.is_empty() {
                return Err(Failure::new(ErrorClass::Dns, "the host has no address"));
            }
            if let Some(rules) = rules {
                rules.check(&addresses)?;
            }
            let to_socket = |address| SocketAddr::new(address, 0);
            let sockets: Vec<_> = addresses.into_iter().map(to_socket).collect();
            Ok(sockets.into_iter())
        })
    }
}
