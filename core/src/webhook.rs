//! A scheme with its secrets, ready to verify and sign.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

#[cfg(feature = "asymmetric")]
use crate::asymmetric;
use crate::error::ConfigurationError;
use crate::mac::Key;
#[cfg(not(feature = "asymmetric"))]
use crate::scheme::KeyForm;
#[cfg(feature = "explain")]
use crate::scheme::Part;
use crate::scheme::{AnswerForm, Definition, KeySource, Scheme};
use crate::secret::Secret;
use crate::time::Tolerance;

const DAY: u64 = 86_400;

/// One endpoint's scheme and secrets.
///
/// Several secrets serve rotation: any of them verifies, the first signs. The key schedule of each
/// is computed here, once.
#[derive(Clone)]
pub struct Webhook {
    pub(crate) definition: Arc<Definition>,
    pub(crate) keys: Vec<SecretKey>,
    pub(crate) tolerance: Tolerance,
    pub(crate) verify_token: Option<Secret>,
    pub(crate) every_secret_signs: bool,
    /// For [`explain`](Self::explain), which tries other forms of them.
    #[cfg(feature = "explain")]
    pub(crate) secrets: Vec<Secret>,
}

/// A key, and which secret it is of.
#[derive(Clone)]
pub(crate) struct SecretKey {
    pub(crate) index: usize,
    pub(crate) key: Key,
}

impl Webhook {
    /// A webhook of this scheme.
    ///
    /// # Errors
    /// `no_secrets`; `malformed_secret` or `empty_secret` when a secret is not of the scheme's
    /// form.
    ///
    /// ```
    /// use countersign::{Scheme, Secret, Webhook};
    ///
    /// let [new, old] = ["It's a Secret to Everybody", "hush"].map(Secret::parse);
    /// let webhook = Webhook::new(Scheme::GITHUB, [new?, old?])?;
    ///
    /// let error = Webhook::new(Scheme::STANDARD, [Secret::parse("not base64!")?]).unwrap_err();
    /// assert_eq!(error.code(), "malformed_secret");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn new(
        scheme: Scheme,
        secrets: impl IntoIterator<Item = Secret>,
    ) -> Result<Self, ConfigurationError> {
        let definition = scheme.definition()?;
        // Such a scheme may do without secrets.
        #[cfg(not(feature = "asymmetric"))]
        if definition.algorithm.is_asymmetric() {
            return Err(ConfigurationError::AsymmetricLeftOut);
        }
        let mut keys = Vec::new();
        #[cfg(feature = "explain")]
        let mut kept = Vec::new();
        for (index, secret) in secrets.into_iter().enumerate() {
            #[cfg(feature = "explain")]
            kept.push(secret.clone());
            #[cfg(feature = "asymmetric")]
            if let Some(public) = asymmetric::keys_of(&definition, &secret)? {
                keys.extend(public.into_iter().map(|key| SecretKey { index, key }));
                continue;
            }
            let key = |bytes: &[u8]| SecretKey {
                index,
                key: Key::new(definition.algorithm, bytes),
            };
            // That which signs comes first.
            keys.extend(secret.other_key(&definition).map(|other| key(&other)));
            let bytes = secret.key(&definition);
            // In base64 neither is a secret, and nothing of one decides what is done.
            #[cfg(not(feature = "asymmetric"))]
            if bytes.is_err() || definition.key != KeyForm::Base64 {
                check_left_out(&definition, &secret)?;
            }
            keys.push(key(&bytes?));
        }
        // A key that is found by its id may be fetched.
        if keys.is_empty() && !matches!(definition.key_source, Some(KeySource::ById(_))) {
            return Err(ConfigurationError::NoSecrets);
        }
        Ok(Self {
            tolerance: definition.tolerance,
            definition,
            keys,
            verify_token: None,
            every_secret_signs: false,
            #[cfg(feature = "explain")]
            secrets: kept,
        })
    }

    /// Whose requests are taken, each with the index of its secret.
    pub(crate) fn identities(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.keys.iter().filter_map(|held| match &held.key {
            Key::Identity(identity) => Some((held.index, &**identity)),
            _ => None,
        })
    }

    /// The same webhook with another tolerance than its scheme's.
    pub fn with_tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The same webhook with the token by which Meta's handshake is known; see
    /// [`handshake`](Self::handshake). Without one the handshake is not answered.
    pub fn with_verify_token(mut self, token: Secret) -> Self {
        self.verify_token = Some(token);
        self
    }

    /// The same webhook, signing with every secret instead of the first alone, so that receivers
    /// which know any of them can verify while a sender's secret is being replaced.
    ///
    /// Schemes whose signature header is a list take it: Standard Webhooks (its specification asks
    /// for it), Svix, Stripe and others with a separator. For the rest the first still signs alone.
    /// At most [`MAX_CANDIDATES`](crate::MAX_CANDIDATES) sign.
    ///
    /// ```
    /// use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
    ///
    /// let [new, old] = [Secret::from_bytes(b"new")?, Secret::from_bytes(b"old")?];
    /// let sender = Webhook::new(Scheme::STANDARD, [new, old.clone()])?.with_every_secret_signing();
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let headers = sender.sign("msg_1", now, b"{}")?;
    ///
    /// let receiver = Webhook::new(Scheme::STANDARD, [old])?;
    /// receiver.verify(&Request::new(&headers, b"{}"), now)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn with_every_secret_signing(mut self) -> Self {
        self.every_secret_signs = true;
        self
    }

    /// How many secrets it has.
    pub(crate) fn secret_count(&self) -> usize {
        self.keys.last().map_or(0, |last| last.index + 1)
    }

    /// Whether what is signed has the URL of the call.
    #[cfg(feature = "explain")]
    pub(crate) fn signs_url(&self) -> bool {
        self.definition.content.contains(&Part::Url)
    }

    /// Whether what is signed has the method of the call.
    #[cfg(feature = "explain")]
    pub(crate) fn signs_method(&self) -> bool {
        self.definition.content.contains(&Part::Method)
    }

    /// The key that signs for each secret.
    pub(crate) fn signing_keys(&self) -> impl Iterator<Item = &Key> {
        let mut before = None;
        self.keys.iter().filter_map(move |one| {
            let is_first = before.replace(one.index) != Some(one.index);
            is_first.then_some(&one.key)
        })
    }

    /// The scheme's name.
    pub fn scheme_name(&self) -> &str {
        &self.definition.name
    }

    /// How the provider wants to be answered.
    pub fn answer_form(&self) -> AnswerForm {
        self.definition.answers
    }

    /// How far the attempt timestamp may be from now.
    pub fn tolerance(&self) -> Tolerance {
        self.tolerance
    }

    /// The names of all headers that [`verify`](Self::verify) reads, in lower case, each once.
    ///
    /// A host whose headers are costly to cross needs to pass these only.
    pub fn header_names(&self) -> Vec<&str> {
        let names = self.definition.header_names.iter();
        names.map(|name| &**name).collect()
    }

    /// How long a delivery's dedupe key must be remembered: while its timestamp is fresh, and at
    /// least a day.
    pub fn dedupe_lifetime(&self) -> Duration {
        let sides = [self.tolerance.past(), self.tolerance.future()];
        let window = sides
            .into_iter()
            .map(|side| side.unwrap_or(0))
            .fold(0, u64::saturating_add);
        Duration::from_secs(window.max(DAY))
    }
}

/// An error if the secret is a public key, of which nothing can be made.
#[cfg(not(feature = "asymmetric"))]
fn check_left_out(definition: &Definition, secret: &Secret) -> Result<(), ConfigurationError> {
    if definition.ed25519_prefix.is_none() {
        return Ok(());
    }
    let mut prefixes = [b"whpk_", b"whsk_"].iter();
    match prefixes.any(|it| secret.bytes().starts_with(*it)) {
        true => Err(ConfigurationError::AsymmetricLeftOut),
        false => Ok(()),
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("scheme", &self.definition.name)
            .field("secrets", &self.secret_count())
            .field("tolerance", &self.tolerance)
            .finish()
    }
}
