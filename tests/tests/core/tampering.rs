//! Whatever is signed cannot be changed by a single bit.

use countersign::Request;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{Sent, Subject, config, sent, subject};

fn flip(bytes: &mut [u8], at: Index) {
    let bit = at.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

/// The code with which the request is refused whose header `which` has one bit flipped; `None` if
/// that header is not signed.
fn code_after_flip(
    subject: &Subject,
    sent: &Sent,
    which: Index,
    bit: Index,
) -> Option<&'static str> {
    let webhook = subject.webhook();
    let headers = sent.sign(&webhook);
    let index = which.index(headers.len());
    let is_signature = index + 1 == headers.len();
    if headers[index].1 == sent.id && !subject.signs_id() {
        return None;
    }
    let mut flipped: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
        .collect();
    flip(&mut flipped[index].1, bit);
    let same = flipped[index]
        .1
        .eq_ignore_ascii_case(headers[index].1.as_bytes());
    if is_signature && subject.ignores_case() && same {
        return None;
    }
    let request = Request::new(&flipped, &sent.body)
        .method(sent.method.as_str())
        .url(sent.url.as_str());
    let error = webhook
        .verify(&request, sent.now)
        .expect_err("a forged header was accepted");
    Some(error.code())
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn a_flipped_bit_of_a_signed_header_is_refused(
        subject in subject(1),
        sent in sent(),
        which in any::<Index>(),
        bit in any::<Index>(),
    ) {
        if let Some(code) = code_after_flip(&subject, &sent, which, bit) {
            prop_assert!(matches!(code, "signature_mismatch" | "malformed_header"
                | "malformed_signature" | "unsupported_signature" | "malformed_timestamp"),
                "{}", code);
        }
    }

    #[test]
    fn a_flipped_bit_of_the_body_is_refused(
        subject in subject(2),
        sent in sent().prop_filter("there is a bit to flip", |sent| !sent.body.is_empty()),
        bit in any::<Index>(),
    ) {
        let webhook = subject.webhook();
        let headers = sent.sign(&webhook);
        let mut forged = sent.clone();
        flip(&mut forged.body, bit);
        let error = forged.verify(&webhook, &headers).unwrap_err();
        prop_assert_eq!(error.code(), "signature_mismatch");
    }

    #[test]
    fn a_body_that_is_longer_or_shorter_is_refused(
        subject in subject(1),
        sent in sent(),
        more in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let webhook = subject.webhook();
        let mut longer = sent.clone();
        longer.body.extend_from_slice(&more);
        for (signed, received) in [(&sent, &longer), (&longer, &sent)] {
            let headers = signed.sign(&webhook);
            let error = received.verify(&webhook, &headers).unwrap_err();
            prop_assert_eq!(error.code(), "signature_mismatch");
        }
    }
}
