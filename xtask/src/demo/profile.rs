//! What the demo must know of each registered scheme in order to make and break its deliveries.

/// Where a scheme has its timestamp.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Timestamp {
    None,
    Header(&'static str),
    /// The entry `t=` of the signature header.
    Label,
}

/// A scheme, with an event as its provider would send it.
pub(super) struct Profile {
    pub(super) scheme: &'static str,
    pub(super) signature_header: &'static str,
    /// What stands before a signature.
    pub(super) prefix: &'static str,
    /// What stands before a signature of a version that does not exist.
    pub(super) unknown_prefix: Option<&'static str>,
    /// How many characters a signature has: 64 in hexadecimal, 44 in base64.
    pub(super) signature_length: usize,
    /// What separates signatures, if there may be several.
    pub(super) separator: Option<&'static str>,
    pub(super) timestamp: Timestamp,
    pub(super) secrets: [&'static str; 2],
    /// Headers that are not signed.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// `ID` stands for the event's id.
    pub(super) event: &'static str,
    /// A correctly signed event whose type is a number, if the type is in the body.
    pub(super) numeric_type: Option<&'static str>,
}

const TEXT_SECRETS: [&str; 2] = ["the secret, new and long", "the secret before it"];
const BASE64_SECRETS: [&str; 2] = [
    "whsec_bmV3IHNlY3JldCBvZiB0aGUgZGVtbyE=",
    "whsec_b2xkIHNlY3JldCBvZiB0aGUgZGVtbyE=",
];

pub(super) const PROFILES: [Profile; 7] = [
    Profile {
        scheme: "standard",
        signature_header: "webhook-signature",
        prefix: "v1,",
        unknown_prefix: Some("v9,"),
        signature_length: 44,
        separator: Some(" "),
        timestamp: Timestamp::Header("webhook-timestamp"),
        secrets: BASE64_SECRETS,
        headers: &[],
        event: r#"{"type":"payment.succeeded","timestamp":"2026-01-02T03:04:05Z","data":{"amount":1000,"note":"10 €"}}"#,
        numeric_type: Some(r#"{"type":5,"data":{}}"#),
    },
    Profile {
        scheme: "svix",
        signature_header: "svix-signature",
        prefix: "v1,",
        unknown_prefix: Some("v9,"),
        signature_length: 44,
        separator: Some(" "),
        timestamp: Timestamp::Header("svix-timestamp"),
        secrets: BASE64_SECRETS,
        headers: &[],
        event: r#"{"type":"payment.succeeded","data":{"amount":1000,"note":"10 €"}}"#,
        numeric_type: Some(r#"{"type":5,"data":{}}"#),
    },
    Profile {
        scheme: "github",
        signature_header: "x-hub-signature-256",
        prefix: "sha256=",
        unknown_prefix: Some("sha999="),
        signature_length: 64,
        separator: None,
        timestamp: Timestamp::None,
        secrets: TEXT_SECRETS,
        headers: &[("x-github-event", "pull_request")],
        event: r#"{"action":"opened","number":7,"sender":{"login":"zoë"}}"#,
        numeric_type: None,
    },
    Profile {
        scheme: "stripe",
        signature_header: "stripe-signature",
        prefix: "v1=",
        unknown_prefix: Some("v9="),
        signature_length: 64,
        separator: Some(","),
        timestamp: Timestamp::Label,
        secrets: TEXT_SECRETS,
        headers: &[],
        event: r#"{"id":"ID","type":"charge.succeeded","created":1700000000,"data":{"object":{"amount":1000}}}"#,
        numeric_type: Some(r#"{"id":"evt_5","type":5}"#),
    },
    Profile {
        scheme: "slack",
        signature_header: "x-slack-signature",
        prefix: "v0=",
        unknown_prefix: Some("v9="),
        signature_length: 64,
        separator: None,
        timestamp: Timestamp::Header("x-slack-request-timestamp"),
        secrets: TEXT_SECRETS,
        headers: &[],
        event: r#"{"type":"event_callback","event_id":"ID","event_time":1700000000,"event":{"type":"app_mention"}}"#,
        numeric_type: Some(r#"{"type":5}"#),
    },
    Profile {
        scheme: "shopify",
        signature_header: "x-shopify-hmac-sha256",
        prefix: "",
        unknown_prefix: None,
        signature_length: 44,
        separator: None,
        timestamp: Timestamp::None,
        secrets: TEXT_SECRETS,
        headers: &[
            ("x-shopify-topic", "orders/create"),
            ("x-shopify-triggered-at", "2026-01-02T03:04:05.678Z"),
        ],
        event: r#"{"id":820982911946154508,"total_price":"398.00"}"#,
        numeric_type: None,
    },
    Profile {
        scheme: "sha256",
        signature_header: "x-webhook-signature",
        prefix: "sha256=",
        unknown_prefix: Some("sha999="),
        signature_length: 64,
        separator: None,
        timestamp: Timestamp::None,
        secrets: TEXT_SECRETS,
        headers: &[],
        event: r#"{"id":"ID","type":"payment.succeeded","timestamp":1700000000,"data":{"amount":1000}}"#,
        numeric_type: Some(r#"{"id":"evt_5","type":5}"#),
    },
];

/// The profile of a registered scheme.
pub(super) fn profile(scheme: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.scheme == scheme)
}
