//! Keys: a byte, then a text that is one of a public key, or what a provider's URL answers. Nothing that
//! it holds makes a request authentic.

#![no_main]

use std::sync::LazyLock;

use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
use libfuzzer_sys::fuzz_target;

/// Those that take keys as secrets.
const OF_SECRETS: [&str; 6] = [
    "standard",
    "discord",
    "sendgrid",
    "highlevel-rsa",
    "plaid",
    "fusionauth",
];

/// Those whose keys are fetched.
static FETCHING: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    let webhook = |name| {
        let secret = Secret::parse("an identity").unwrap();
        Webhook::new(Scheme::named(name).unwrap(), [secret]).unwrap()
    };
    vec![webhook("paypal"), webhook("fal")]
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let now = UnixTime::from_seconds(1_700_000_000);
    if let Some(name) = OF_SECRETS.get(usize::from(*first)) {
        let Ok(secret) = std::str::from_utf8(rest)
            .map_err(drop)
            .and_then(|text| Secret::parse(text).map_err(drop))
        else {
            return;
        };
        let webhook = Webhook::new(Scheme::named(name).unwrap(), [secret]);
        return match webhook {
            Ok(webhook) => assert_eq!(webhook.scheme_name(), *name),
            Err(error) => assert!(!error.to_string().is_empty()),
        };
    }
    let webhook = &FETCHING[usize::from(*first) % FETCHING.len()];
    let (signature, hex) = ("A".repeat(342) + "==", "0".repeat(128));
    let headers = [
        ("paypal-transmission-id", "t-1"),
        ("paypal-transmission-time", "2023-11-14T22:13:20Z"),
        ("paypal-transmission-sig", &signature),
        (
            "paypal-cert-url",
            "https://api.paypal.com/v1/notifications/certs/CERT-1",
        ),
        ("x-fal-webhook-request-id", "r-1"),
        ("x-fal-webhook-timestamp", "1700000000"),
        ("x-fal-webhook-signature", &hex),
    ];
    let request = Request::new(&headers, b"{}").key(rest);
    let error = webhook.verify(&request, now).expect_err("nobody signed it");
    assert!(!matches!(error.code(), "key_needed" | "missing_header"));
});
