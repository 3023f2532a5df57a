//! The head of a request, against the rules applied to its text.

use countersign::{Head, Intake, PayloadForm, Scheme, SchemeBuilder, Secret, Webhook};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{config, plain_scheme};

const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taker {
    Json,
    Form,
    Both,
    /// Takes handshakes by GET too.
    MetaWithToken,
    MetaWithoutToken,
}

fn webhook(taker: Taker) -> Webhook {
    let with_form = |form| {
        SchemeBuilder::payload(plain_scheme(), form)
            .build()
            .unwrap()
    };
    let scheme = match taker {
        Taker::Json => with_form(PayloadForm::Json),
        Taker::Form => with_form(PayloadForm::Form),
        Taker::Both => with_form(PayloadForm::JsonOrForm),
        Taker::MetaWithToken | Taker::MetaWithoutToken => Scheme::META,
    };
    let webhook = Webhook::new(scheme, [Secret::parse("hush").unwrap()]).unwrap();
    match taker {
        Taker::MetaWithToken => webhook.with_verify_token(Secret::parse("token").unwrap()),
        _ => webhook,
    }
}

/// Whether the value of `Content-Type` names a body that this one takes.
fn takes(taker: Taker, content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("");
    let essence = essence
        .trim_matches([' ', '\t', '\n', '\r', '\u{c}'])
        .to_ascii_lowercase();
    let suffixed = essence
        .strip_prefix("application/")
        .and_then(|subtype| subtype.strip_suffix("+json"))
        .is_some_and(|name| {
            let is_mark = |character| "!#$&-^_.+".contains(character);
            let mut characters = name.chars();
            !name.is_empty()
                && characters.all(|known| known.is_ascii_alphanumeric() || is_mark(known))
        });
    let is_json = essence == "application/json" || suffixed;
    let fits = match taker {
        Taker::Form => essence == FORM,
        Taker::Both => is_json || essence == FORM,
        _ => is_json,
    };
    fits && !content_type.contains(',')
}

fn content_type() -> impl Strategy<Value = String> {
    let essence = prop_oneof![
        select(vec![
            "application/json",
            "Application/JSON",
            "application/cloudevents+json",
            "application/a.b-c+json",
            "application/+json",
            "application/a/b+json",
            "application/jsonp",
            "text/json",
            FORM,
            "multipart/form-data",
            "",
        ])
        .prop_map(str::to_owned),
        "application/[a-z+ .,\u{e9}]{0,6}(\\+json)?",
        any::<String>(),
    ];
    let rest = select(vec![
        "",
        "; charset=utf-8",
        ";",
        " ",
        "\t;a=\"b\"",
        ", text/plain",
        ";a,b",
    ]);
    let start = select(vec!["", " ", "\t"]);
    (start, essence, rest).prop_map(|(start, essence, rest)| format!("{start}{essence}{rest}"))
}

fn content_encoding() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "",
            " ",
            "identity",
            "Identity ",
            "gzip",
            "identity, gzip",
            "br"
        ])
        .prop_map(str::to_owned),
        "[a-z, ]{0,8}",
    ]
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn is_judged_in_the_order_of_the_manual(
        taker in select(vec![
            Taker::Json,
            Taker::Form,
            Taker::Both,
            Taker::MetaWithToken,
            Taker::MetaWithoutToken,
        ]),
        method in prop_oneof![8 => Just("POST".to_owned()), 2 => Just("GET".to_owned()), 1 => "[A-Za-z]{0,6}", 1 => Just("post".to_owned())],
        content_type in prop::option::of(content_type()),
        content_encoding in prop::option::weighted(0.3, content_encoding()),
        content_length in prop::option::of(prop_oneof![0..2_000_u64, any::<u64>()]),
        body_limit in prop_oneof![0..2_000_usize, Just(usize::MAX)],
    ) {
        let webhook = webhook(taker);
        let mut head = Head::new(&method);
        head.content_type = content_type.as_deref().map(str::as_bytes);
        head.content_encoding = content_encoding.as_deref().map(str::as_bytes);
        head.content_length = content_length;

        let takes_get = taker == Taker::MetaWithToken;
        let has_type = content_type.as_ref().is_none_or(|value| takes(taker, value));
        let is_plain = content_encoding.as_ref().is_none_or(|encoding| {
            matches!(encoding.trim().to_lowercase().as_str(), "" | "identity")
        });
        let expected = if method == "GET" && takes_get {
            Ok(Intake::Handshake)
        } else if method != "POST" {
            Err("method_not_allowed")
        } else if !has_type || !is_plain {
            Err("unsupported_media_type")
        } else if content_length.is_some_and(|length| u128::from(length) > body_limit as u128) {
            Err("payload_too_large")
        } else {
            Ok(Intake::Delivery)
        };
        prop_assert_eq!(webhook.check_head(&head, body_limit).map_err(|error| error.code()), expected);
        prop_assert_eq!(webhook.allowed_methods(), if takes_get { "GET, POST" } else { "POST" });
    }

    #[test]
    fn any_bytes_are_judged(
        content_type in prop::option::of(prop::collection::vec(any::<u8>(), 0..60)),
        content_encoding in prop::option::of(prop::collection::vec(any::<u8>(), 0..20)),
    ) {
        let mut head = Head::new("POST");
        head.content_type = content_type.as_deref();
        head.content_encoding = content_encoding.as_deref();
        if let Err(error) = webhook(Taker::Both).check_head(&head, 100) {
            prop_assert_eq!(error.code(), "unsupported_media_type");
        }
    }
}
