//! What a provider signs and where it puts the signature: a scheme is a description, not code.
//!
//! [`Scheme::named`] finds a registered one; [`SchemeBuilder`] describes another.

mod builder;
mod content;
mod definition;
#[cfg(feature = "serde")]
mod description;
mod providers;
mod source;
mod word;

use alloc::sync::Arc;
use core::fmt;

pub use builder::{HeaderNames, SchemeBuilder};
#[cfg(feature = "serde")]
pub use description::{Description, HeaderSetDescription, OneOrMany, ToleranceDescription};
pub use word::{Algorithm, Encoding, Handshake, KeyForm, PayloadForm, Required, TimestampFormat};

pub(crate) use content::Part;
pub(crate) use definition::is_label;
pub(crate) use definition::{Definition, HeaderSet};
pub(crate) use source::{Path, Source};

use crate::error::ConfigurationError;

/// How one provider signs its webhooks.
///
/// ```
/// use countersign::Scheme;
///
/// let scheme = Scheme::named("github")?;
/// assert_eq!(scheme.name(), "github");
/// assert_eq!(Scheme::named("gihtub").unwrap_err().code(), "unknown_scheme");
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone)]
pub struct Scheme(Origin);

#[derive(Clone)]
enum Origin {
    Registered(&'static SchemeBuilder<'static>),
    Built(Arc<Definition>),
}

impl Scheme {
    /// Standard Webhooks, symmetric (`v1`).
    ///
    /// Source: the specification, <https://github.com/standard-webhooks/standard-webhooks>.
    pub const STANDARD: Self = Self(Origin::Registered(&providers::STANDARD));
    /// Svix: Standard Webhooks under the header names `svix-*`, or else `webhook-*`.
    ///
    /// Source: <https://docs.svix.com/receiving/verifying-payloads/how-manual>.
    pub const SVIX: Self = Self(Origin::Registered(&providers::SVIX));
    /// GitHub.
    ///
    /// Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    pub const GITHUB: Self = Self(Origin::Registered(&providers::GITHUB));
    /// Stripe. The key is the whole text `whsec_...`; only old timestamps are refused.
    ///
    /// Source: <https://docs.stripe.com/webhooks#verify-manually> and Stripe's own libraries.
    pub const STRIPE: Self = Self(Origin::Registered(&providers::STRIPE));
    /// Slack: the Events API, slash commands and interactive messages.
    ///
    /// Source: <https://api.slack.com/authentication/verifying-requests-from-slack>.
    pub const SLACK: Self = Self(Origin::Registered(&providers::SLACK));
    /// Shopify.
    ///
    /// Source: <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>.
    pub const SHOPIFY: Self = Self(Origin::Registered(&providers::SHOPIFY));
    /// Meta: Facebook, Instagram, Messenger and WhatsApp. The key is the app secret; the verify token
    /// serves the handshake alone, see [`Webhook::with_verify_token`](crate::Webhook::with_verify_token).
    ///
    /// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.
    pub const META: Self = Self(Origin::Registered(&providers::META));
    /// The plain scheme of many homes: `X-Webhook-Signature: sha256=<hex>` over the body.
    pub const SHA256: Self = Self(Origin::Registered(&providers::SHA256));

    /// The registered scheme of this name.
    ///
    /// # Errors
    /// `unknown_scheme`. The message does not repeat the name, in case it is a secret that was
    /// passed in the wrong place.
    pub fn named(name: &str) -> Result<Self, ConfigurationError> {
        providers::REGISTERED
            .into_iter()
            .find(|scheme| scheme.name == name)
            .map(|scheme| Self(Origin::Registered(scheme)))
            .ok_or(ConfigurationError::UnknownScheme)
    }

    /// The names of all registered schemes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        providers::REGISTERED.into_iter().map(|scheme| scheme.name)
    }

    /// The name, which also begins the dedupe keys of its deliveries.
    pub fn name(&self) -> &str {
        match &self.0 {
            Origin::Registered(scheme) => scheme.name,
            Origin::Built(definition) => &definition.name,
        }
    }

    pub(crate) fn definition(&self) -> Result<Arc<Definition>, ConfigurationError> {
        match &self.0 {
            Origin::Registered(scheme) => Definition::compile(scheme).map(Arc::new),
            Origin::Built(definition) => Ok(definition.clone()),
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scheme").field(&self.name()).finish()
    }
}

impl TryFrom<SchemeBuilder<'_>> for Scheme {
    type Error = ConfigurationError;

    fn try_from(builder: SchemeBuilder<'_>) -> Result<Self, ConfigurationError> {
        let definition = Definition::compile(&builder)?;
        Ok(Self(Origin::Built(Arc::new(definition))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_scheme_is_well_formed() {
        for name in Scheme::names() {
            let scheme = Scheme::named(name).unwrap();
            assert!(scheme.definition().is_ok(), "{name}");
        }
    }
}
