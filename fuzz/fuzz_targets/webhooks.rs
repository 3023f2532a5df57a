//! A webhook of each registered scheme.

use std::sync::LazyLock;

use countersign::{Scheme, Secret, Webhook};

static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    Scheme::names()
        .map(|name| {
            let secret = Secret::from_bytes(b"a key that no input can know").unwrap();
            Webhook::new(Scheme::named(name).unwrap(), [secret]).unwrap()
        })
        .collect()
});

/// Lines of headers, and the body behind an empty line.
#[allow(dead_code, reason = "each target is a program of its own")]
pub fn split(request: &[u8]) -> (Vec<(&str, &[u8])>, &[u8]) {
    let end = request.windows(2).position(|bytes| bytes == b"\n\n");
    let (head, body) = request.split_at(end.unwrap_or(request.len()));
    let headers = head
        .split(|byte| *byte == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(&line[..colon]).ok()?;
            Some((name, &line[colon + 1..]))
        })
        .collect();
    (headers, body)
}

/// The webhook that the first byte chooses, and the other bytes.
pub fn choose(data: &[u8]) -> Option<(&'static Webhook, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((&WEBHOOKS[usize::from(*first) % WEBHOOKS.len()], rest))
}
