//! Answers as JavaScript reads them: the status, names and values of headers, an empty line and the
//! body, a line each.

use alloc::string::{String, ToString};

use countersign::Answer;

pub(crate) fn answer(answer: &Answer) -> String {
    let mut text = answer.status().to_string();
    for (name, value) in answer.headers() {
        for line in [name, value.as_str()] {
            text.push('\n');
            text.push_str(line);
        }
    }
    text.push_str("\n\n");
    text.push_str(answer.body());
    text
}

/// Whether consent is needed, the secret, the URL to confirm at and its topic, a line each, empty if
/// there is none; then the answer.
#[cfg(feature = "webhook")]
#[inline(never)]
pub(crate) fn handshake(reply: &countersign::HandshakeReply) -> String {
    let consent = reply.needs_consent().then_some("1");
    let lines = [
        consent,
        reply.secret(),
        reply.confirmation_url(),
        reply.topic(),
        Some(&*answer(reply.answer())),
    ];
    lines.map(Option::unwrap_or_default).join("\n")
}
