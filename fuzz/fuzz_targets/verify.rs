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
    let end = request.windows(2).position(|bytes| bytes == b"\n\n");
    let (head, body) = request.split_at(end.unwrap_or(request.len()));
    let headers: Vec<(&str, &[u8])> = head
        .split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(&line[..colon]).ok()?;
            Some((name, &line[colon + 1..]))
        })
        .collect();
    let now = UnixTime::from_seconds(1_700_000_000);
    let request = Request::new(&headers, body);
    let request = request.method("POST").url("https://example.com/hooks?a=1");
    let error = webhook
        .verify(&request, now)
        .expect_err("a request that nobody signed was accepted");
    assert!(!error.to_string().is_empty());
});
