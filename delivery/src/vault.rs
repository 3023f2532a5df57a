//! Secrets at rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use countersign::error::SecretDefect;
use countersign::{ConfigurationError, DeliveryError};
use std::fmt;
use zeroize::Zeroizing;

/// What a sealed secret begins with.
const SEALED: &str = "sealed:1:";
const NONCE_LENGTH: usize = 24;

/// Seals the secrets of endpoints with XChaCha20-Poly1305, under a random nonce of 192 bits. What is
/// sealed for one endpoint cannot be opened for another.
///
/// Without a key, secrets are in the tables as they are.
#[derive(Clone, Default)]
pub(crate) struct Vault {
    /// The first seals, each opens.
    ciphers: Vec<XChaCha20Poly1305>,
}

impl Vault {
    /// # Errors
    /// `malformed_secret` if a key has not 32 bytes.
    pub(crate) fn add_key(&mut self, key: &[u8]) -> Result<(), ConfigurationError> {
        if key.len() != 32 {
            return Err(ConfigurationError::MalformedSecret(SecretDefect::KeyLength));
        }
        self.ciphers
            .push(XChaCha20Poly1305::new(Key::from_slice(key)));
        Ok(())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.ciphers.is_empty()
    }

    /// # Errors
    /// `outbox_unavailable` if the host has no randomness.
    pub(crate) fn seal(&self, endpoint: &str, secret: &str) -> Result<String, DeliveryError> {
        let Some(cipher) = self.ciphers.first() else {
            return Ok(secret.to_owned());
        };
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce).map_err(|_| DeliveryError::OutboxUnavailable)?;
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: endpoint.as_bytes(),
        };
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| DeliveryError::OutboxUnavailable)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{SEALED}{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// # Errors
    /// `unreadable_secret` if no key fits.
    pub(crate) fn open(
        &self,
        endpoint: &str,
        stored: &str,
    ) -> Result<Zeroizing<String>, DeliveryError> {
        let Some(sealed) = stored.strip_prefix(SEALED) else {
            return Ok(Zeroizing::new(stored.to_owned()));
        };
        let bytes = STANDARD_NO_PAD.decode(sealed).unwrap_or_default();
        let Some((nonce, sealed)) = bytes.split_at_checked(NONCE_LENGTH) else {
            return Err(DeliveryError::UnreadableSecret);
        };
        let opened = self.ciphers.iter().find_map(|cipher| {
            let payload = Payload {
                msg: sealed,
                aad: endpoint.as_bytes(),
            };
            let opened = cipher.decrypt(XNonce::from_slice(nonce), payload).ok()?;
            String::from_utf8(opened).ok()
        });
        opened
            .map(Zeroizing::new)
            .ok_or(DeliveryError::UnreadableSecret)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(keys: &[[u8; 32]]) -> Vault {
        let mut vault = Vault::default();
        for key in keys {
            vault.add_key(key).unwrap();
        }
        vault
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_key_for_its_endpoint() {
        let old = vault(&[[1; 32]]);
        let sealed = old.seal("a", "whsec_c2VjcmV0").unwrap();
        assert!(sealed.starts_with(SEALED) && !sealed.contains("whsec"));
        assert_ne!(sealed, old.seal("a", "whsec_c2VjcmV0").unwrap());
        let new = vault(&[[2; 32], [1; 32]]);
        assert_eq!(&**new.open("a", &sealed).unwrap(), "whsec_c2VjcmV0");
        let code =
            |vault: &Vault, endpoint, text: &str| vault.open(endpoint, text).unwrap_err().code();
        assert_eq!(code(&new, "b", &sealed), "unreadable_secret");
        assert_eq!(code(&vault(&[[2; 32]]), "a", &sealed), "unreadable_secret");
        assert_eq!(code(&Vault::default(), "a", &sealed), "unreadable_secret");
        assert_eq!(code(&new, "a", "sealed:1:"), "unreadable_secret");
    }

    #[test]
    fn without_a_key_it_stays_as_it_is() {
        let open = Vault::default();
        assert!(open.is_open());
        assert_eq!(open.seal("a", "hush").unwrap(), "hush");
        assert_eq!(&**open.open("a", "hush").unwrap(), "hush");
        assert!(vault(&[]).add_key(&[0; 31]).is_err());
    }
}
