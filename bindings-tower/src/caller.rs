//! Who is at the other end of the connection.

use std::net::{IpAddr, SocketAddr};

use countersign::AddressPolicy;
use http::request::Parts;

/// The address at the other end of the connection: put it into a request's extensions, if the
/// server is not axum's with `ConnectInfo`.
///
/// ```
/// use countersign_tower::PeerAddress;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(PeerAddress::from(([192, 0, 2, 7], 4711)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeerAddress(IpAddr);

impl From<IpAddr> for PeerAddress {
    fn from(address: IpAddr) -> Self {
        Self(address)
    }
}

impl From<SocketAddr> for PeerAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip())
    }
}

impl<A: Into<IpAddr>> From<(A, u16)> for PeerAddress {
    fn from((address, _port): (A, u16)) -> Self {
        Self(address.into())
    }
}

/// The other end of the connection, if the server told it.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    let given = parts.extensions.get::<PeerAddress>();
    given.map(|peer| peer.0).or_else(|| connected(parts))
}

#[cfg(feature = "axum")]
fn connected(parts: &Parts) -> Option<IpAddr> {
    let info = parts
        .extensions
        .get::<axum::extract::ConnectInfo<SocketAddr>>();
    info.map(|info| info.0.ip())
}

#[cfg(not(feature = "axum"))]
fn connected(_parts: &Parts) -> Option<IpAddr> {
    None
}

/// The address of the client: the peer's, or what trusted proxies say.
pub(crate) fn client(
    policy: &AddressPolicy,
    parts: &Parts,
    peer: Option<IpAddr>,
) -> Option<IpAddr> {
    let values = policy.header_name().map(|name| parts.headers.get_all(name));
    let forwarded: Vec<&[u8]> = values
        .into_iter()
        .flatten()
        .map(http::HeaderValue::as_bytes)
        .collect();
    policy.client(&peer?.to_string(), &forwarded)
}
