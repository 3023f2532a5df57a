//! What a provider signs and where it puts the signature: a scheme is a description, not code.
//!
//! [`Scheme::named`] finds a registered one; [`SchemeBuilder`] describes another.

mod builder;
#[cfg(feature = "catalog")]
mod catalog;
mod content;
mod definition;
#[cfg(feature = "serde")]
mod description;
mod providers;
mod public_keys;
mod rules;
mod source;
mod word;

use alloc::sync::Arc;
use core::fmt;

pub use builder::{HeaderNames, SchemeBuilder};
#[cfg(feature = "catalog")]
pub use catalog::{CatalogEntry, catalog};
#[cfg(feature = "serde")]
pub use description::{Description, HeaderSetDescription, OneOrMany, ToleranceDescription};
pub use word::{
    Algorithm, AnswerForm, Encoding, Handshake, KeyForm, PayloadForm, Required, TimestampFormat,
    UrlForm,
};

pub(crate) use content::Part;
pub(crate) use definition::{Definition, HeaderSet, InBody};
#[cfg(feature = "asymmetric")]
pub(crate) use public_keys::JwsAlgorithm;
pub(crate) use public_keys::{JwsForm, KeySource};
pub(crate) use rules::is_label;
pub(crate) use source::{Path, Source};

use crate::error::ConfigurationError;
use providers::{Provenance, Provider};

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
    Registered(&'static Provider),
    Built(Arc<Definition>),
}

impl Scheme {
    /// The registered scheme of this name, or of another that people use for it, such as `whatsapp`
    /// for `meta`.
    ///
    /// # Errors
    /// `unknown_scheme`. The message does not repeat the name, in case it is a secret that was
    /// passed in the wrong place.
    pub fn named(name: &str) -> Result<Self, ConfigurationError> {
        providers::registered()
            .find(|known| known.scheme.name == name || known.aliases.contains(&name))
            .map(|known| Self(Origin::Registered(known)))
            .ok_or(ConfigurationError::UnknownScheme)
    }

    /// The names of all registered schemes, without their other names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        providers::registered().map(|known| known.scheme.name)
    }

    /// The other names of a registered scheme.
    pub fn aliases(&self) -> &'static [&'static str] {
        match &self.0 {
            Origin::Registered(known) => known.aliases,
            Origin::Built(_) => &[],
        }
    }

    /// Whether the description was read at the provider's own documentation or code, and not only at
    /// third parties. One that a program built is its own word.
    pub fn is_confirmed(&self) -> bool {
        match &self.0 {
            Origin::Registered(known) => known.provenance == Provenance::Confirmed,
            Origin::Built(_) => true,
        }
    }

    /// The name, which also begins the dedupe keys of its deliveries.
    pub fn name(&self) -> &str {
        match &self.0 {
            Origin::Registered(known) => known.scheme.name,
            Origin::Built(definition) => &definition.name,
        }
    }

    pub(crate) fn definition(&self) -> Result<Arc<Definition>, ConfigurationError> {
        match &self.0 {
            Origin::Registered(known) => Definition::compile(&known.scheme).map(Arc::new),
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
