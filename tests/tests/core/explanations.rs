//! Reports change no verdict, never panic, and hold nothing that is secret.

use countersign::explain::{Certainty, FindingCode, MAX_REWRITTEN_BODY, detect};
use countersign::{Request, Scheme, Secret, SignedHeaders, Tolerance, UnixTime, Webhook};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{NOW, config, sent, subject};

fn any_header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = prop_oneof![
        3 => select(vec![
            "webhook-id", "HTTP_WEBHOOK_ID", "webhook_timestamp", "Webhook-Signature",
            "x-hub-signature-256", "X_HUB_SIGNATURE_256", "x-forwarded-host", "x-original-uri",
            "host", "stripe-signature", "x-forwarded-port", "x-signature-0", "signature-0",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ];
    let value = prop_oneof![
        "(v1=|v1,|sha1=|sha256=|t=)?([0-9a-fA-F]{40}|[0-9a-f]{64}|[A-Za-z0-9_/+-]{43}=?)",
        "t=[0-9]{10},v[01]=[0-9a-f]{64}",
        "[0-9]{10,16}",
        "/?[a-z:/?#%]{0,12}",
        "\\PC{0,20}",
    ];
    (name, value.prop_map(String::into_bytes))
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let fragment = select(vec![
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d800", "\"a\"", "null", "1", "1e5", " ",
        "\u{feff}", "a=b", "&", "%", "%2f", "+", "\r\n", "\n", "é", "\u{fffd}", "<", "/",
    ]);
    let text = prop::collection::vec(fragment, 0..30);
    prop_oneof![
        3 => text.prop_map(|fragments| fragments.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..100),
    ]
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn of_any_request(
        subject in subject(2),
        headers in prop::collection::vec(any_header(), 0..8),
        body in any_body(),
        url in prop::option::of("(https?|x)?(://)?[a-z:@\\[\\]/?#0-9]{0,20}"),
        method in prop::option::of("[a-zA-Z]{0,5}"),
        now in any::<u64>(),
        sides in any::<(Option<u64>, Option<u64>)>(),
    ) {
        let webhook = subject.webhook().with_tolerance(Tolerance::from_sides(sides.0, sides.1));
        let request = Request::new(&headers, &body).method(method.as_deref()).url(url.as_deref());
        let now = UnixTime::from_seconds(now);
        let before = webhook.verify(&request, now).map(|verified| verified.key_index());
        let explanation = webhook.explain(&request, now);
        prop_assert_eq!(explanation.verdict(), before.as_ref().copied());
        let after = webhook.verify(&request, now).map(|verified| verified.key_index());
        prop_assert_eq!(before, after);
        let report = explanation.to_json();
        for secret in &subject.secrets {
            prop_assert!(secret.len() < 12 || !report.contains(secret), "{}", report);
        }
        serde_json::from_str::<serde_json::Value>(&report).unwrap();
        detect(&headers);
    }

    #[test]
    fn of_a_signed_request_that_was_changed(
        subject in subject(2),
        sent in sent(),
        body in any_body(),
        other_body in any_body(),
        later in 0..100_000_u64,
    ) {
        let mut sent = sent;
        sent.body = body;
        let webhook = subject.webhook();
        let headers: SignedHeaders = sent.sign(&webhook);
        let request = Request::new(&headers, &other_body)
            .method(sent.method.as_str())
            .url(sent.url.as_str());
        let now = UnixTime::from_seconds(sent.now.seconds() + later);
        let explanation = webhook.explain(&request, now);
        let expected = webhook.verify(&request, now).map(|verified| verified.key_index());
        prop_assert_eq!(explanation.verdict(), expected.as_ref().copied());
        let report = explanation.to_json();
        let values = headers.iter().map(|(_, value)| &**value);
        let url = [sent.url.as_str(), &sent.id].into_iter();
        for private in subject.secrets.iter().map(|text| &**text).chain(values).chain(url) {
            prop_assert!(private.len() < 12 || !report.contains(private), "{}", report);
        }
    }

    #[test]
    fn the_end_of_a_line_is_found(subject in subject(1), sent in sent(), later in 0..1_000_u64) {
        let webhook = subject.webhook();
        let headers = sent.sign(&webhook);
        let body = [&*sent.body, b"\n"].concat();
        let request = Request::new(&headers, &body)
            .method(sent.method.as_str())
            .url(sent.url.as_str());
        let now = UnixTime::from_seconds(sent.now.seconds() + later);
        let explanation = webhook.explain(&request, now);
        let finding = &explanation.findings()[0];
        prop_assert_eq!(finding.certainty(), Certainty::Proven);
        prop_assert_eq!(finding.code(), FindingCode::TrailingNewline);
        let is_stale = webhook.verify(
            &Request::new(&headers, &sent.body)
                .method(sent.method.as_str())
                .url(sent.url.as_str()),
            now,
        ).is_err();
        prop_assert_eq!(explanation.findings().len() > 1, is_stale);
    }
}

#[test]
fn a_large_body_is_not_written_again() {
    let webhook = Webhook::new(Scheme::GITHUB, [Secret::parse("hush").unwrap()]).unwrap();
    let body = |space: &str, length: usize| {
        format!("{{\"a\":{space}\"{}\"}}", "x".repeat(length)).into_bytes()
    };
    let codes = |length| {
        let headers = webhook.sign(None, NOW, &body("", length)).unwrap();
        let body = body(" ", length);
        let explanation = webhook.explain(&Request::new(&headers, &body), NOW);
        explanation
            .findings()
            .first()
            .map(|one| one.code().as_str())
    };
    assert_eq!(codes(MAX_REWRITTEN_BODY - 9), Some("body_reserialised"));
    assert_eq!(codes(MAX_REWRITTEN_BODY - 8), None);
}

/// A secret that is given as text never has it.
#[test]
fn whitespace_around_a_key_is_found() {
    let right = Webhook::new(Scheme::STANDARD, [Secret::parse("whsec_aGVsbG8=").unwrap()]).unwrap();
    let headers = right.sign("msg_1", NOW, b"{}").unwrap();
    let read = Secret::from_bytes(b"whsec_aGVsbG8=\n").unwrap();
    let webhook = Webhook::new(Scheme::STANDARD, [read]).unwrap();
    let explanation = webhook.explain(&Request::new(&headers, b"{}"), NOW);
    let evidence = explanation.findings()[0].evidence();
    assert_eq!(evidence[1], ("form", "without_whitespace".into()));
}

#[test]
fn the_work_is_bounded() {
    // Each try takes so many keyed hashes that few are left.
    let secrets = (0..3_000_u32).map(|index| Secret::from_bytes(&index.to_be_bytes()).unwrap());
    let webhook = Webhook::new(Scheme::GITHUB, secrets).unwrap();
    let sender = Webhook::new(Scheme::GITHUB, [Secret::from_bytes(&[0; 4]).unwrap()]).unwrap();
    let find = |signed: &[u8], body: &[u8]| {
        let headers = sender.sign(None, NOW, signed).unwrap();
        let explanation = webhook.explain(&Request::new(&headers, body), NOW);
        explanation
            .findings()
            .first()
            .map(|one| one.code().as_str())
    };
    assert_eq!(find(b"{}\n", b"{}"), Some("trailing_newline"));
    assert_eq!(find(b"{}\r\n", b"{}"), None);
}
