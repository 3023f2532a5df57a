//! Code that leaks, as it is often written: memcheck must report each. The arguments are boxed so
//! that the compiler can neither see through a comparison nor turn it into one without branches.

use std::hint::black_box;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use countersign::{Algorithm, Encoding, Request};

use crate::Case;
use crate::memcheck::make_secret;
use crate::subject::{BODY, NOW, Subject, signature};

const SUBJECT: fn() -> Subject = || Subject::new(Algorithm::HmacSha256, Encoding::Base64, 24);

pub(crate) fn cases() -> Vec<Case> {
    let controls: [(&str, fn()); 4] = [
        ("a loop that ends at the first difference", early_exit),
        ("encoded signatures compared as texts", texts),
        ("base64 from a table", table),
        ("a verdict that is not declared public", verdict),
    ];
    controls
        .into_iter()
        .map(|(name, code)| Case {
            name: format!("control: {name}"),
            code: Box::new(code),
            reports: 1..=usize::MAX,
        })
        .collect()
}

fn early_exit() {
    let mut tag = [7; 32];
    make_secret(&mut tag);
    let received = black_box([7; 32]);
    black_box(ends_at_first_difference(&tag, &received));
}

#[inline(never)]
fn ends_at_first_difference(left: &[u8], right: &[u8]) -> bool {
    for (left, right) in left.iter().zip(right) {
        if black_box(left) != black_box(right) {
            return false;
        }
    }
    true
}

/// The encoding is the core's and clean; the comparison is that of strings.
fn texts() {
    let computed = signature(&SUBJECT().secret_webhook(&[1]));
    let [(_, received)] = SUBJECT().public_headers(1);
    black_box(black_box(computed) == black_box(received));
}

fn table() {
    let mut tag = [7; 32];
    make_secret(&mut tag);
    black_box(BASE64_STANDARD.encode(black_box(tag)));
}

/// Shows that what depends on the key reaches the comparison at all.
fn verdict() {
    let webhook = SUBJECT().secret_webhook(&[1]);
    let headers = SUBJECT().public_headers(1);
    let request = Request::new(&headers, BODY);
    assert!(black_box(webhook.verify(&request, NOW)).is_ok());
}
