//! The registered schemes, by family. Each entry is a description with its sources.

mod in_body;
mod of_urls;
mod public_keys;
mod raw_body;
mod standard_webhooks;
mod timestamped;
mod tokens;

use super::SchemeBuilder;

/// A scheme under its own name, and under others that people use for it.
pub(crate) struct Provider {
    pub(crate) scheme: SchemeBuilder<'static>,
    pub(crate) aliases: &'static [&'static str],
    pub(crate) provenance: Provenance,
}

/// Whether what is described was read at the provider's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// In the provider's documentation, SDK or code.
    Confirmed,
    /// Only at third parties.
    Unconfirmed,
}

/// The schemes of a family.
pub(crate) struct Family {
    #[cfg(feature = "catalog")]
    pub(crate) title: &'static str,
    pub(crate) providers: &'static [&'static Provider],
    /// What is written beside each.
    #[cfg(feature = "catalog")]
    pub(crate) documentation: &'static [&'static str],
}

pub(crate) static FAMILIES: [Family; 7] = [
    standard_webhooks::FAMILY,
    raw_body::FAMILY,
    timestamped::FAMILY,
    of_urls::FAMILY,
    in_body::FAMILY,
    public_keys::FAMILY,
    tokens::FAMILY,
];

/// All of them.
pub(crate) fn registered() -> impl Iterator<Item = &'static Provider> {
    FAMILIES.iter().flat_map(|family| family.providers).copied()
}

/// Declares a family by its title and its schemes: documentation, the constant of
/// [`Scheme`](super::Scheme), aliases, provenance, description.
macro_rules! providers {
    ($title:literal; $(
        $(#[doc = $doc:literal])+
        $constant:ident [$($alias:literal),*] $provenance:ident => $scheme:expr;
    )+) => {
        $(
            static $constant: $crate::scheme::providers::Provider =
                $crate::scheme::providers::Provider {
                    scheme: $scheme,
                    aliases: &[$($alias),*],
                    provenance: $crate::scheme::providers::Provenance::$provenance,
                };
        )+

        pub(super) const FAMILY: $crate::scheme::providers::Family =
            $crate::scheme::providers::Family {
                #[cfg(feature = "catalog")]
                title: $title,
                providers: &[$(&$constant),+],
                #[cfg(feature = "catalog")]
                documentation: &[$(concat!($($doc, "\n"),+)),+],
            };

        impl $crate::scheme::Scheme {
            $(
                $(#[doc = $doc])+
                pub const $constant: Self = Self($crate::scheme::Origin::Registered(&$constant));
            )+
        }
    };
}
use providers;
