//! What cannot be sent is refused, with the code that says why.

use std::time::Duration;

use countersign::{Error, Scheme, Secret};
use countersign_delivery::{Endpoint, Message, SenderOptions};

use crate::common::Receiver;
use crate::support::{Outbox, SECRET, counts, endpoint, message, options};

fn code<T>(result: Result<T, impl Into<Error>>) -> &'static str {
    match result {
        Ok(_) => "none",
        Err(error) => error.into().code(),
    }
}

fn good() -> Endpoint {
    Endpoint::new("a", "https://hooks.example.com/in").secret(SECRET)
}

#[tokio::test]
async fn messages() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().payload_limit(1_000));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let (long, fine) = ("a".repeat(257), message(2));
    for name in [
        "",
        " ",
        "a b",
        "a\n",
        "\u{e9}",
        "a\u{0}",
        "\u{7f}",
        long.as_str(),
    ] {
        let named = [
            Message::new(name, &1).unwrap(),
            message(1).id(name),
            message(1).idempotency_key(name),
        ];
        for (place, message) in named.iter().enumerate() {
            let sent = code(sender.send("a", message).await);
            assert_eq!(sent, "malformed_message", "{place} {name:?}");
            assert_eq!(code(sender.publish(message).await), "malformed_message");
            // One that is malformed keeps all back, since the program is wrong.
            let many = sender.send_many([("a", &fine), ("a", message)]).await;
            assert_eq!(code(many), "malformed_message");
        }
        if !name.is_empty() {
            let owned = message(1).owner(name);
            assert_eq!(code(sender.publish(&owned).await), "malformed_message");
        }
    }
    let longest = "a".repeat(256);
    let fits = Message::new(&longest, &1)
        .unwrap()
        .id(&longest)
        .idempotency_key(&longest);
    assert_eq!(code(sender.send("a", &fits).await), "none");

    for json in ["", "{", "{}{}", "nul", "'a'", "\u{feff}1", "[1,]"] {
        assert_eq!(
            code(Message::from_json("a", json)),
            "malformed_message",
            "{json}"
        );
    }
    let keys = std::collections::HashMap::from([((1, 2), 3)]);
    assert_eq!(code(Message::new("a", &keys)), "malformed_message");

    let payload = |length| Message::with_payload("a", vec![b'a'; length]);
    assert_eq!(
        code(sender.send("a", &payload(1_001)).await),
        "malformed_message"
    );
    assert_eq!(code(sender.send("a", &payload(1_000)).await), "none");
    assert_eq!(code(sender.send("a", &payload(0)).await), "none");

    for to in ["b", "", "A", "a ", "hooks.example.com", "\u{0}"] {
        assert_eq!(
            code(sender.send(to, &message(1)).await),
            "unknown_endpoint",
            "{to}"
        );
    }
    assert_eq!(counts(&sender).await, [3, 0, 0, 0]);
}

#[tokio::test]
async fn urls() {
    let outbox = Outbox::new();
    let sender = outbox.open();
    let no_secrets = sender.send("https://hooks.example.com/", &message(1)).await;
    assert_eq!(code(no_secrets), "no_secrets");
    let secret = Secret::parse(SECRET).unwrap();
    let sender = outbox.open_with(options().webhook(Scheme::STANDARD, [secret]).unwrap());
    let refused = [
        ("http://hooks.example.com/", "insecure_url"),
        ("ftp://hooks.example.com/", "malformed_url"),
        ("https://", "malformed_url"),
        ("://", "malformed_url"),
        ("https://user@hooks.example.com/", "malformed_url"),
        ("https://hooks.example.com/#a", "malformed_url"),
        ("https://0x7f.1/", "malformed_url"),
        ("https://127.0.0.1/", "forbidden_destination"),
        ("https://[::1]/", "forbidden_destination"),
        ("https://169.254.169.254/latest", "forbidden_destination"),
    ];
    for (url, expected) in refused {
        assert_eq!(code(sender.send(url, &message(1)).await), expected, "{url}");
        let endpoint = Endpoint::new("a", url).secret(SECRET);
        assert_eq!(
            code(sender.put_endpoint(&endpoint).await),
            expected,
            "{url}"
        );
        let many = sender.send_many([(url, &message(2))]).await.unwrap();
        assert_eq!(code(many.into_iter().next().unwrap()), expected);
    }
    let long = format!("https://hooks.example.com/{}", "a".repeat(300));
    assert_eq!(
        code(sender.send(&long, &message(1)).await),
        "malformed_message"
    );
    // Nothing is left of what was refused.
    assert!(sender.endpoints("", 10).await.unwrap().is_empty());
    assert_eq!(counts(&sender).await, [0; 4]);
}

#[tokio::test]
async fn endpoints() {
    let outbox = Outbox::new();
    let sender = outbox.open();
    let long = "a".repeat(257);
    let of = |id: &str, url: &str| Endpoint::new(id, url).secret(SECRET);
    let url = "https://hooks.example.com/in";
    let second = Duration::from_secs(1);
    let refused = [
        (of("", url), "malformed_message"),
        (of("a b", url), "malformed_message"),
        (of(&long, url), "malformed_message"),
        (
            of("https://elsewhere.example.com/", url),
            "malformed_message",
        ),
        (good().owner("a b"), "malformed_message"),
        (good().per_second(0.0), "malformed_message"),
        (good().per_second(-1.0), "malformed_message"),
        (good().per_second(f64::NAN), "malformed_message"),
        (good().per_second(f64::INFINITY), "malformed_message"),
        (good().header("a b", "c"), "malformed_message"),
        (good().header("", "c"), "malformed_message"),
        (good().header("a", "b\r\nc: d"), "malformed_message"),
        (good().header("Content-Length", "3"), "malformed_message"),
        (good().header("HOST", "other"), "malformed_message"),
        // Another would take over while an attempt is under way.
        (
            good().timeouts(None, None, 46 * second),
            "malformed_message",
        ),
        (
            good().timeouts(None, None, Duration::MAX),
            "malformed_message",
        ),
        (good().event_types(["a*b"]), "malformed_pattern"),
        (good().event_types([""]), "malformed_pattern"),
        (good().event_types(["**"]), "malformed_pattern"),
        (good().allow_network("10.0.0.0/33"), "malformed_network"),
        (good().allow_network("10.0.0.1/8"), "malformed_network"),
        (good().allow_network("localhost"), "malformed_network"),
        (good().scheme("unheard-of"), "unknown_scheme"),
        // Headers are what a sender signs.
        (good().scheme("mailgun"), "malformed_scheme"),
        (
            Endpoint::new("a", url).scheme("adyen").secret("00ff"),
            "malformed_scheme",
        ),
        (good().scheme("sha256").secret(""), "empty_secret"),
        (Endpoint::new("a", url), "no_secrets"),
        (Endpoint::new("a", url).scheme("sha256"), "no_secrets"),
        (
            Endpoint::new("a", url).secret("whsec_!"),
            "malformed_secret",
        ),
    ];
    for (endpoint, expected) in refused {
        let shown = format!("{endpoint:?}");
        assert_eq!(
            code(sender.put_endpoint(&endpoint).await),
            expected,
            "{shown}"
        );
        assert!(!shown.contains("whsec"), "{shown}");
    }
    assert!(sender.endpoints("", 10).await.unwrap().is_empty());
    let most = good()
        .per_second(1e6)
        .timeouts(second, None, 45 * second)
        .concurrency(0);
    assert_eq!(code(sender.put_endpoint(&most).await), "none");
    // One that is refused leaves the one that is there as it is.
    assert_eq!(
        code(sender.put_endpoint(&of("a", "https://0/")).await),
        "malformed_url"
    );
    assert_eq!(sender.endpoint("a").await.unwrap().unwrap().url, url);

    for (id, expected) in [("b", "unknown_endpoint"), ("", "unknown_endpoint")] {
        assert_eq!(code(sender.rotate_secret(id, SECRET).await), expected);
        assert_eq!(code(sender.retire_secrets(id).await), expected);
        assert!(!sender.disable(id).await.unwrap() && !sender.enable(id).await.unwrap());
        assert!(!sender.delete_endpoint(id).await.unwrap());
        assert!(sender.endpoint(id).await.unwrap().is_none());
    }
    assert_eq!(
        code(sender.rotate_secret("a", "whsec_!").await),
        "malformed_secret"
    );
    assert_eq!(code(sender.rotate_secret("a", "").await), "empty_secret");
    assert_eq!(sender.endpoint("a").await.unwrap().unwrap().secret_count, 1);
}

#[tokio::test]
async fn numbers_of_nothing() {
    let outbox = Outbox::new();
    let sender = outbox.open();
    for number in [0, 1, -1, i64::MAX, i64::MIN] {
        assert!(!sender.replay(number).await.unwrap());
        assert!(!sender.delete_delivery(number).await.unwrap());
        assert!(!sender.cancel_replay(number).await.unwrap());
        assert!(sender.delivery(number).await.unwrap().is_none());
        assert!(sender.attempts(number, 10).await.unwrap().is_empty());
    }
    assert!(sender.replays(10).await.unwrap().is_empty());
}

#[test]
fn settings() {
    assert_eq!(
        code(SenderOptions::new().encryption_key(&[7; 31])),
        "malformed_secret"
    );
    assert_eq!(
        code(SenderOptions::new().encryption_key(&[])),
        "malformed_secret"
    );
    let none: [Secret; 0] = [];
    assert_eq!(
        code(SenderOptions::new().webhook(Scheme::STANDARD, none)),
        "no_secrets"
    );
    let outbox = Outbox::new();
    assert!(
        options()
            .open_sqlite(outbox.path().join("no/such/folder"))
            .is_err()
    );
    std::fs::write(
        outbox.path(),
        "This is no database, but long enough to be one.",
    )
    .unwrap();
    let error = options().open_sqlite(outbox.path()).unwrap_err();
    assert!(std::error::Error::source(&error).is_some());
}
