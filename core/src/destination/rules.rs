use alloc::vec::Vec;
use core::net::IpAddr;

use super::ranges::{is_metadata, is_public_address, what_it_stands_for};
use crate::address::Network;
use crate::error::{DeliveryError, ForbiddenReason};

/// What a sender may reach: HTTPS on public addresses, and what is allowed besides.
///
/// ```
/// use countersign::{DestinationRules, Network};
///
/// let rules = DestinationRules::new().allow([Network::parse("10.0.0.0/8")?]);
/// assert!(rules.check(&["10.0.0.7".parse().unwrap()]).is_ok());
/// // One bad answer of a resolver is enough.
/// let answers = ["8.8.8.8".parse().unwrap(), "127.0.0.1".parse().unwrap()];
/// assert_eq!(rules.check(&answers).unwrap_err().code(), "forbidden_destination");
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DestinationRules {
    allows_http: bool,
    allowed: Vec<Network>,
}

impl DestinationRules {
    /// HTTPS alone, and public addresses alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether URLs may begin with `http://`.
    pub fn allow_http(mut self, allowed: bool) -> Self {
        self.allows_http = allowed;
        self
    }

    /// Networks that may be reached although they are not public.
    ///
    /// The metadata services of clouds hand out credentials. Each is allowed by an entry of its one
    /// address alone, never by a wider network around it.
    pub fn allow(mut self, networks: impl IntoIterator<Item = Network>) -> Self {
        self.allowed = networks.into_iter().collect();
        self
    }

    /// Whether URLs may begin with `http://`.
    pub fn allows_http(&self) -> bool {
        self.allows_http
    }

    /// Whether a host with these addresses may be reached; `addresses` are all that its resolver
    /// answered. Connect to these and to no others, or the answer of a second look-up decides.
    ///
    /// # Errors
    /// `forbidden_destination` if *any* is neither public nor allowed, since a host that mixes them
    /// is a trick or a mistake, or if there is none.
    pub fn check(&self, addresses: &[IpAddr]) -> Result<(), DeliveryError> {
        if addresses.is_empty() {
            return Err(ForbiddenReason::NoAddress.into());
        }
        addresses
            .iter()
            .try_for_each(|address| self.judge(*address))
    }

    pub(super) fn judge(&self, address: IpAddr) -> Result<(), DeliveryError> {
        let is_metadata = is_metadata(address);
        let written = address.to_canonical();
        let meant = what_it_stands_for(address);
        let is_allowed = self.allowed.iter().any(|network| {
            (!is_metadata || network.is_single())
                && (network.contains(written) || network.contains(meant))
        });
        if is_allowed || is_public_address(address) {
            return Ok(());
        }
        Err(match is_metadata {
            true => ForbiddenReason::Metadata.into(),
            false => ForbiddenReason::NotPublic.into(),
        })
    }
}
