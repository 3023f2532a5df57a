//! Handshakes of any content: nothing is sent back but visible ASCII, and nothing that may be a page.

use countersign::{HandshakeReply, Request, Scheme, Secret, Webhook};
use proptest::prelude::*;

fn webhook(scheme: &str) -> Webhook {
    let secret = Secret::parse("hush").unwrap();
    let webhook = Webhook::new(Scheme::named(scheme).unwrap(), [secret]).unwrap();
    webhook.with_verify_token(Secret::parse("token").unwrap())
}

fn is_harmless(reply: &HandshakeReply) -> bool {
    let answer = reply.answer();
    let header = |wanted: &str| {
        let mut headers = answer.headers().iter();
        headers
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let is_typed = matches!(
        header("content-type"),
        Some("text/plain; charset=utf-8" | "application/json")
    );
    let mut values = answer.headers().iter().map(|(_, value)| value.as_str());
    is_typed
        && header("x-content-type-options") == Some("nosniff")
        && answer.body().len() <= 3_000
        && answer.body().bytes().all(|byte| byte.is_ascii_graphic())
        && values.all(|value| value.bytes().all(|byte| matches!(byte, b' '..=b'~')))
}

proptest! {
    #[test]
    fn of_any_content(
        scheme in prop::sample::select(vec!["meta", "dropbox", "okta", "asana", "notion", "trello"]),
        method in prop::sample::select(vec!["GET", "HEAD", "POST", "PUT"]),
        challenge in prop_oneof![any::<String>(), "[!-~]{0,1100}"],
        header in prop_oneof![prop::collection::vec(any::<u8>(), 0..40), Just(b"hush".to_vec())],
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let url = format!("/?hub.mode=subscribe&hub.verify_token=token&challenge={challenge}&hub.challenge={challenge}");
        let headers = [
            ("x-hook-secret", header.clone()),
            ("x-okta-verification-challenge", header.clone()),
            ("authorization", header),
        ];
        let request = Request::new(&headers, &body).method(method).url(&*url);
        if let Ok(Some(reply)) = webhook(scheme).handshake(&request) {
            prop_assert!(is_harmless(&reply), "{reply:?}");
        }
    }

    #[test]
    fn of_any_token(token in "[ -~]{1,60}") {
        let body = serde_json::json!({"verification_token": token}).to_string();
        let headers: [(&str, &str); 0] = [];
        let request = Request::new(&headers, body.as_bytes()).method("POST");
        let reply = webhook("notion").handshake(&request).unwrap();
        let is_visible = !token.contains(' ');
        prop_assert_eq!(reply.is_some(), is_visible);
        if let Some(reply) = reply {
            prop_assert!(reply.needs_consent());
            prop_assert_eq!(reply.secret(), Some(&*token));
        }
    }
}

#[test]
fn replies_do_not_show_their_secret() {
    let headers = [("x-hook-secret", "b537207f20cbfa02357cf448134da559")];
    let request = Request::new(&headers, b"{}").method("POST");
    let reply = webhook("asana").handshake(&request).unwrap().unwrap();
    assert_eq!(reply.secret(), Some("b537207f20cbfa02357cf448134da559"));
    let shown = format!("{reply:?} {:?}", reply.answer());
    assert!(!shown.contains("b537"), "{shown}");
}
