//! Signing and verifying with a secret key, in all algorithms and encodings.

use std::hint::black_box;

use countersign::{
    Algorithm, Encoding, HeaderNames, KeyForm, Request, Scheme, SchemeBuilder, Secret, UnixTime,
    VerificationError, Webhook,
};
use subtle::Choice;

use crate::Case;
use crate::memcheck::{make_public, make_secret};

pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
pub(crate) const BODY: &[u8] = br#"{"type":"invoice.paid","data":{"amount":1999}}"#;

const ALGORITHMS: [Algorithm; 3] = [
    Algorithm::HmacSha256,
    Algorithm::HmacSha1,
    Algorithm::HmacSha512,
];
const ENCODINGS: [Encoding; 4] = [
    Encoding::Hex,
    Encoding::HexUpper,
    Encoding::HexAnyCase,
    Encoding::Base64,
];
/// Shorter than a block of the hash, and longer, so that the key itself is hashed.
const KEY_LENGTHS: [usize; 2] = [24, 200];

/// No report is allowed.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for algorithm in ALGORITHMS {
        for encoding in ENCODINGS {
            for length in KEY_LENGTHS {
                let subject = Subject::new(algorithm, encoding, length);
                let actions = [
                    ("sign", Subject::sign as fn(Subject)),
                    ("verify", Subject::verify),
                    ("refuse", Subject::refuse),
                ];
                cases.extend(actions.map(|(name, action)| Case {
                    name: format!("{name}: {algorithm:?}, {encoding:?}, a key of {length} bytes"),
                    code: Box::new(move || action(subject)),
                    reports: 0..=0,
                }));
            }
        }
    }
    cases
}

/// Reading a secret's text must tell whether it is well-formed, once: at its ends, where
/// whitespace is looked for, and by the outcome of decoding. What depends on each character would
/// give a report for each.
pub(crate) fn secrets() -> Vec<Case> {
    let forms = [
        (KeyForm::Text, "whole text of a secret with spaces in it"),
        (KeyForm::Base64, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
        (KeyForm::Hex, "30313233343536373839616263646566"),
    ];
    forms
        .into_iter()
        .map(|(form, text)| Case {
            name: format!("a secret of the form {form:?}"),
            code: Box::new(move || read_secret(form, &text.repeat(4))),
            reports: 0..=12,
        })
        .collect()
}

fn read_secret(form: KeyForm, text: &str) {
    let mut bytes = text.as_bytes().to_vec();
    // What is still text after this is text that the compiler has not checked anew.
    make_secret(&mut bytes);
    // SAFETY: the bytes are those of a text; only memcheck sees them as unknown.
    let text = unsafe { std::str::from_utf8_unchecked(&bytes) };
    let secret = Secret::parse(text).expect("the secret has no whitespace around it");
    let scheme = builder(Algorithm::HmacSha256, Encoding::Hex).key(form);
    let scheme = scheme.build().expect("the scheme is well-formed");
    black_box(Webhook::new(scheme, [secret])).expect("the secret is well-formed");
}

#[derive(Clone, Copy)]
pub(crate) struct Subject {
    algorithm: Algorithm,
    encoding: Encoding,
    key_length: usize,
}

impl Subject {
    pub(crate) fn new(algorithm: Algorithm, encoding: Encoding, key_length: usize) -> Self {
        Self {
            algorithm,
            encoding,
            key_length,
        }
    }

    fn scheme(self) -> Scheme {
        let builder = builder(self.algorithm, self.encoding);
        builder.build().expect("the scheme is well-formed")
    }

    fn key(self, first: u8) -> Vec<u8> {
        (0..self.key_length)
            .map(|index| first.wrapping_add(index as u8))
            .collect()
    }

    /// A webhook whose keys memcheck does not know.
    pub(crate) fn secret_webhook(self, keys: &[u8]) -> Webhook {
        let secrets = keys.iter().map(|first| {
            let mut key = self.key(*first);
            make_secret(&mut key);
            Secret::from_bytes(&key).expect("the key is not empty")
        });
        Webhook::new(self.scheme(), secrets).expect("the keys are not empty")
    }

    /// The headers of a request, made with a key that memcheck knows.
    pub(crate) fn public_headers(self, key: u8) -> [(&'static str, String); 1] {
        let secret = Secret::from_bytes(&self.key(key)).expect("the key is not empty");
        let webhook = Webhook::new(self.scheme(), [secret]).expect("the key is not empty");
        [("x-signature", signature(&webhook))]
    }

    fn sign(self) {
        let mut bytes = signature(&self.secret_webhook(&[1])).into_bytes();
        make_public(&mut bytes);
        assert_eq!(bytes, self.public_headers(1)[0].1.as_bytes());
    }

    /// The second of two secrets fits the second of two signatures.
    fn verify(self) {
        let webhook = self.secret_webhook(&[1, 2]);
        let [(name, first)] = self.public_headers(3);
        let [(_, second)] = self.public_headers(2);
        let headers = [(name, format!("{first},{second}"))];
        assert_eq!(verify(&webhook, &headers).expect("the second fits"), 1);
    }

    fn refuse(self) {
        let webhook = self.secret_webhook(&[1, 2]);
        let error = verify(&webhook, &self.public_headers(3)).expect_err("none fits");
        assert_eq!(error, VerificationError::SignatureMismatch);
    }
}

fn builder(algorithm: Algorithm, encoding: Encoding) -> SchemeBuilder<'static> {
    const HEADERS: [HeaderNames<'_>; 1] = [HeaderNames::new("x-signature")];
    SchemeBuilder::new("constant-time")
        .headers(&HEADERS)
        .prefix("v1=")
        .separator(',')
        .algorithm(algorithm)
        .encoding(encoding)
}

pub(crate) fn signature(webhook: &Webhook) -> String {
    let mut headers = webhook.sign(None, NOW, BODY).expect("it signs");
    headers.pop().expect("there is a signature").1
}

fn verify(webhook: &Webhook, headers: &[(&str, String)]) -> Result<usize, VerificationError> {
    let request = Request::new(headers, BODY);
    let verified = webhook.verify_revealing(&request, NOW, reveal)?;
    Ok(verified.key_index())
}

/// The verdict is public: whoever sent the request learns it.
fn reveal(fits: Choice) -> bool {
    let mut fits = [fits.unwrap_u8()];
    make_public(&mut fits);
    black_box(fits) == [1]
}
