//! The pages, with the policies under which browsers show them.

use alloc::string::String;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

/// The policy of what is no page.
pub(super) const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The status page, which asks for its data itself.
pub(super) const STATUS: &str = include_str!("status.html");

/// The form for the token, and nothing else.
pub(super) const LOGIN: &str = include_str!("login.html");

/// [`LOGIN`], sent to this address, which is of letters that HTML needs not escape.
pub(super) fn login_page(action: &str, failed: bool) -> String {
    let alert = if failed {
        "<p role=\"alert\">That did not work.</p>"
    } else {
        ""
    };
    LOGIN.replace("{action}", action).replace("{alert}", alert)
}

/// The content security policy of a page: its own inline script and style by their hashes,
/// requests to where it came from, and nothing else.
pub(super) fn policy(page: &str) -> String {
    let mut policy = String::from("default-src 'none'; img-src data:");
    push_source(&mut policy, "style", inline(page, "<style>", "</style>"));
    let script = inline(page, "<script>", "</script>");
    push_source(&mut policy, "script", script);
    policy.push_str("; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    if script.is_some() {
        policy.push_str("; connect-src 'self'; require-trusted-types-for 'script'");
    }
    policy
}

/// What is between these tags, of which a page has one pair.
fn inline<'a>(page: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(start)?;
    rest.split_once(end).map(|(text, _)| text)
}

fn push_source(policy: &mut String, kind: &str, text: Option<&str>) {
    if let Some(text) = text {
        let hash = Base64::encode_string(&Sha256::digest(text));
        let parts = ["; ", kind, "-src 'sha256-", &hash, "'"];
        parts.iter().for_each(|part| policy.push_str(part));
    }
}
