//! Reports on requests of strangers, in the form of the target `verify`. None is accepted, changes the
//! verdict, or holds a secret.

#![no_main]

use countersign::explain::detect;
use countersign::{Request, UnixTime};
use libfuzzer_sys::fuzz_target;

mod webhooks;

fuzz_target!(|data: &[u8]| {
    let Some((webhook, request)) = webhooks::choose(data) else {
        return;
    };
    let (headers, body) = webhooks::split(request);
    let now = UnixTime::from_seconds(1_700_000_000);
    let request = Request::new(&headers, body);
    let request = request.method("POST").url("https://example.com/hooks?a=1");
    let explanation = webhook.explain(&request, now);
    let error = webhook.verify(&request, now).err();
    assert!(error.is_some(), "a request that nobody signed was accepted");
    assert_eq!(explanation.verdict().err(), error.as_ref());
    let report = explanation.to_json();
    assert!(!report.contains("a key that no input can know"));
    detect(&headers);
});
