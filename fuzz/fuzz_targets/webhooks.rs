//! A webhook of each registered scheme.

use std::sync::LazyLock;

use countersign::{Scheme, Secret, Webhook};

/// Public keys of which nobody here has the private one: Ed25519, ECDSA on P-256, RSA.
const PUBLIC_KEYS: [&str; 3] = [
    "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2otQZ1WbcH+sjnQwN5l9vGJQirBjJVdrHDiCHFzkBvOBPPnXGqT5Ifi4\
     X2Gcz/0j7a3YH/8BjEQW1S8PtqaBCg==",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq9XvU4y8nkRX4sGvLBhbDEXBVItR8sFLpbIX3vroyEFSEgQj\
     QDPDaBEWhzvxkKLM11J86y3+u95ifWmC83OFh/Vr+nz9+M1ghRwF9C1yPZrfXB2fEG9hwsaxORrUszGSwnf5Z1G4emOt\
     oJ91vWrEm3dt38+rKV1cVZSFMZ4gqwzwjGHDagNMfN9LGYNPC80OPvhNewQ4K+yPAUM6LXr9gECQLNpUcoxkACYY+BMC\
     1BL1f05NmzrQVI+DgwKE5Xc/4+TwWckh2U9NimnmMbR+G+HF1s/PpYSwn+WrrznDG0nWutqrxt+S5cBVU7RtYj+KqGMT\
     w82KJ43FRAmPAMeJqQIDAQAB",
];

static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| Scheme::names().map(webhook).collect());

/// With the first secret that is of the scheme's form.
fn webhook(name: &str) -> Webhook {
    let shared = Secret::from_bytes(b"a key that no input can know").unwrap();
    let public = PUBLIC_KEYS.map(|text| Secret::parse(text).unwrap());
    let mut secrets = std::iter::once(shared).chain(public);
    let webhook = |secret| Webhook::new(Scheme::named(name).unwrap(), [secret]);
    secrets.find_map(|secret| webhook(secret).ok()).unwrap()
}

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
