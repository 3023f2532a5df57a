//! The registered schemes, by family. Each entry is a description with its sources.

mod of_urls;
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

static FAMILIES: [&[&Provider]; 5] = [
    standard_webhooks::PROVIDERS,
    raw_body::PROVIDERS,
    timestamped::PROVIDERS,
    of_urls::PROVIDERS,
    tokens::PROVIDERS,
];

/// All of them.
pub(crate) fn registered() -> impl Iterator<Item = &'static Provider> {
    FAMILIES.into_iter().flatten().copied()
}

/// Declares the schemes of a family: documentation, the constant of [`Scheme`](super::Scheme),
/// aliases, provenance, description.
macro_rules! providers {
    ($(
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

        pub(super) static PROVIDERS: &[&$crate::scheme::providers::Provider] = &[$(&$constant),+];

        impl $crate::scheme::Scheme {
            $(
                $(#[doc = $doc])+
                pub const $constant: Self = Self($crate::scheme::Origin::Registered(&$constant));
            )+
        }
    };
}
use providers;
