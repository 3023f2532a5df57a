//! JSON Web Signatures: a byte that chooses the scheme, then what stands in its header. None is by a key
//! that is known here.

#![no_main]

use std::sync::LazyLock;

use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
use libfuzzer_sys::fuzz_target;

/// With the headers in which their signatures are.
const SCHEMES: [(&str, &str); 3] = [
    ("plaid", "plaid-verification"),
    ("netlify", "x-webhook-signature"),
    ("fusionauth", "x-fusionauth-signature-jwt"),
];

static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    let key = r#"{"kty":"EC","crv":"P-256","kid":"6c5516e1-92dc-479e-a8ff-5a51992e0001",
        "x":"35lvC8uz2QrWpQJ3TUH8t9o9DURMp7ydU518RKDl20k",
        "y":"I8BuXB2bvxelzJAd7OKhd-ZwjCst05Fx47Mb_0ugros"}"#;
    let secrets = [
        key,
        "a key that no input can know",
        "another that no input can know",
    ];
    let webhook = |((name, _), secret): (&(&str, &str), &str)| {
        Webhook::new(
            Scheme::named(name).unwrap(),
            [Secret::parse(secret).unwrap()],
        )
        .unwrap()
    };
    SCHEMES.iter().zip(secrets).map(webhook).collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let chosen = usize::from(*first) % SCHEMES.len();
    let headers = [(SCHEMES[chosen].1, rest)];
    let request = Request::new(&headers, b"{}");
    let error = WEBHOOKS[chosen]
        .verify(&request, UnixTime::from_seconds(1_590_887_001))
        .expect_err("a request that nobody signed was accepted");
    assert!(!error.to_string().is_empty());
});
