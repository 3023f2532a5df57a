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

/// The webhook that the first byte chooses, and the other bytes.
pub fn choose(data: &[u8]) -> Option<(&'static Webhook, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((&WEBHOOKS[usize::from(*first) % WEBHOOKS.len()], rest))
}
