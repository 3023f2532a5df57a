//! Requests of strangers: a byte that chooses the scheme, lines of headers, an empty line, the
//! body. Every one is refused, with a message.

#![no_main]

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
    let error = webhook
        .verify(&request, now)
        .expect_err("a request that nobody signed was accepted");
    assert!(!error.to_string().is_empty());
});
