//! Secrets: checked, wiped when dropped, never printed or compared.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64ct::{Base64, Base64Unpadded, Encoding as _};
use zeroize::Zeroizing;

use crate::error::{ConfigurationError, SecretDefect};
use crate::scheme::{Algorithm, Definition, KeyForm};

/// The length of the longest secret, in bytes. No provider's comes near it.
pub const MAX_SECRET_LENGTH: usize = 4_096;

/// A shared secret, as the provider shows it or as the bytes of its key.
///
/// It is wiped from memory when dropped, `Debug` does not show it, and it has no `PartialEq`.
#[derive(Clone)]
pub struct Secret(Form);

#[derive(Clone)]
enum Form {
    Text(Zeroizing<String>),
    Key(Zeroizing<Vec<u8>>),
}

impl Secret {
    /// A secret as the provider shows it, such as `whsec_...`.
    ///
    /// Whether the text is base64, hexadecimal or the key itself is part of the scheme, so its
    /// decoding is checked by [`Webhook::new`](crate::Webhook::new).
    ///
    /// # Errors
    /// `empty_secret`; `malformed_secret` when it is longer than [`MAX_SECRET_LENGTH`], or begins
    /// or ends with whitespace.
    ///
    /// ```
    /// use countersign::Secret;
    ///
    /// let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// assert_eq!(format!("{secret:?}"), "Secret(..)");
    /// assert_eq!(Secret::parse("hush\n").unwrap_err().code(), "malformed_secret");
    /// # Ok::<(), countersign::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, ConfigurationError> {
        check_length(text.len())?;
        // A file in PEM ends with a line break, and there is no other way to write it.
        let text = match text.starts_with("-----BEGIN ") {
            true => text.trim_end_matches(['\r', '\n']),
            false => text,
        };
        if text.starts_with(is_whitespace) || text.ends_with(is_whitespace) {
            return Err(ConfigurationError::MalformedSecret(
                SecretDefect::Whitespace,
            ));
        }
        Ok(Self(Form::Text(Zeroizing::new(text.into()))))
    }

    /// A secret as the bytes of its key, for every scheme.
    ///
    /// # Errors
    /// `empty_secret`; `malformed_secret` when it is longer than [`MAX_SECRET_LENGTH`].
    pub fn from_bytes(key: &[u8]) -> Result<Self, ConfigurationError> {
        check_length(key.len())?;
        Ok(Self(Form::Key(Zeroizing::new(key.into()))))
    }

    /// The text of a new Standard Webhooks secret: `whsec_` and 32 bytes of entropy in base64.
    ///
    /// The entropy must come from the operating system's generator.
    ///
    /// ```
    /// use countersign::Secret;
    ///
    /// let text = Secret::generate(&[7; 32]);
    /// assert!(text.starts_with("whsec_"));
    /// assert!(Secret::parse(&text).is_ok());
    /// ```
    pub fn generate(entropy: &[u8; 32]) -> Zeroizing<String> {
        let mut encoded = Zeroizing::new([0; 44]);
        let encoded = Base64::encode(entropy, encoded.as_mut_slice()).unwrap_or_default();
        let mut text = Zeroizing::new(String::with_capacity(6 + encoded.len()));
        text.push_str("whsec_");
        text.push_str(encoded);
        text
    }

    /// The text, if it was given as such.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.0 {
            Form::Text(text) => Some(text),
            Form::Key(_) => None,
        }
    }

    /// The bytes as they were given, whatever the scheme.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Text(text) => text.as_bytes(),
            Form::Key(key) => key,
        }
    }

    /// The bytes of the key, as the scheme reads secrets.
    pub(crate) fn key(
        &self,
        definition: &Definition,
    ) -> Result<Zeroizing<Vec<u8>>, ConfigurationError> {
        let key = self.decoded(definition)?;
        let is_visible = |byte: &u8| matches!(byte, 0x20..=0x7e);
        let is_in_header = definition.in_body.is_none();
        if definition.algorithm == Algorithm::Token && is_in_header && !key.iter().all(is_visible) {
            let defect = SecretDefect::NotVisible;
            return Err(ConfigurationError::MalformedSecret(defect));
        }
        Ok(key)
    }

    /// The key that the secret's text may stand for besides itself.
    pub(crate) fn other_key(&self, definition: &Definition) -> Option<Zeroizing<Vec<u8>>> {
        let (KeyForm::Base64AndText, Form::Text(text)) = (definition.key, &self.0) else {
            return None;
        };
        let encoded = text.strip_prefix(&*definition.secret_prefix)?;
        let key = from_base64(encoded)?;
        (!key.is_empty()).then_some(key.into())
    }

    fn decoded(&self, definition: &Definition) -> Result<Zeroizing<Vec<u8>>, ConfigurationError> {
        let text = match &self.0 {
            Form::Key(key) => return Ok(key.clone()),
            Form::Text(text) => text.as_str(),
        };
        let encoded = text
            .strip_prefix(&*definition.secret_prefix)
            .unwrap_or(text);
        let key = match definition.key {
            KeyForm::Text
            | KeyForm::Base64AndText
            | KeyForm::Identity
            | KeyForm::PublicKey
            | KeyForm::PublicKeyOrText => Ok(text.as_bytes().to_vec()),
            KeyForm::Base64OrText if !text.starts_with(&*definition.secret_prefix) => {
                Ok(text.as_bytes().to_vec())
            }
            KeyForm::Base64 | KeyForm::Base64OrText => {
                from_base64(encoded).ok_or(SecretDefect::NotBase64)
            }
            KeyForm::Hex => base16ct::mixed::decode_vec(encoded).map_err(|_| SecretDefect::NotHex),
        };
        let key = Zeroizing::new(key.map_err(ConfigurationError::MalformedSecret)?);
        if key.is_empty() {
            return Err(ConfigurationError::EmptySecret);
        }
        Ok(key)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

fn check_length(length: usize) -> Result<(), ConfigurationError> {
    match length {
        0 => Err(ConfigurationError::EmptySecret),
        1..=MAX_SECRET_LENGTH => Ok(()),
        _ => Err(ConfigurationError::MalformedSecret(SecretDefect::TooLong)),
    }
}

/// What this encodes, with or without its padding.
#[inline(never)]
pub(crate) fn from_base64(encoded: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(without_padding(encoded)?).ok()
}

/// Base64 without its padding, which if it is there must fill the last group of four.
fn without_padding(encoded: &str) -> Option<&str> {
    let unpadded = encoded.trim_end_matches('=');
    match encoded.len() - unpadded.len() {
        0 => Some(unpadded),
        1 | 2 if encoded.len().is_multiple_of(4) => Some(unpadded),
        _ => None,
    }
}

/// Whitespace of any script, and the byte order mark that editors put at the head of a file.
fn is_whitespace(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}
