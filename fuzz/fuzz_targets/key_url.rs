//! URLs of certificates, as a request of PayPal names them. One that is to be fetched is the provider's to
//! another parser of URLs, too.

#![no_main]

use std::sync::LazyLock;

use countersign::{Request, Scheme, Secret, UnixTime, VerificationError, Webhook};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

static PAYPAL: LazyLock<Webhook> =
    LazyLock::new(|| Webhook::new(Scheme::PAYPAL, [Secret::parse("an id").unwrap()]).unwrap());

fuzz_target!(|data: &[u8]| {
    let signature = "A".repeat(342) + "==";
    let headers: [(&str, &[u8]); 4] = [
        ("paypal-transmission-id", b"t-1"),
        ("paypal-transmission-time", b"2023-11-14T22:13:20Z"),
        ("paypal-transmission-sig", signature.as_bytes()),
        ("paypal-cert-url", data),
    ];
    let request = Request::new(&headers, b"{}");
    let now = UnixTime::from_seconds(1_700_000_000);
    let error = PAYPAL.verify(&request, now).expect_err("nobody signed it");
    let VerificationError::KeyNeeded(needed) = error else {
        return assert!(matches!(
            error.code(),
            "untrusted_key_url" | "malformed_header"
        ));
    };
    let text = needed.url().unwrap();
    assert_eq!(text.as_bytes(), data);
    let url = Url::parse(text).unwrap();
    let Some(Host::Domain(host)) = url.host() else {
        panic!("a host that is none");
    };
    assert!(host.ends_with(".paypal.com"));
    assert_eq!(
        (url.scheme(), url.port(), url.username()),
        ("https", None, "")
    );
    assert!(url.path().starts_with("/v1/notifications/certs/"));
    assert_eq!(
        (url.query(), url.fragment(), url.password()),
        (None, None, None)
    );
});
