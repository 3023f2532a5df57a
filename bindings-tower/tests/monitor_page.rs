//! Who may see the status page, and what it lets through.
#![cfg(feature = "monitor")]

mod common;
mod pages;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::{Answered, Log, Piece, Pieces};
use countersign::UnixTime;
use countersign::monitor::MonitorError;
use countersign_tower::monitor::{Monitor, StatusService};
use http::Request;
use pages::{
    BEARER, FORM, FakeInbox, Fault, LOGIN, PATH, TOKEN, ask, log_in, page, request, shown,
};
use tower::ServiceExt;

const HALF_A_DAY: u64 = 12 * 3_600;

#[test]
fn what_keeps_nothing_closed_is_refused() {
    for token in ["", "short", "xxxxxxxxxxxxxxx"] {
        let error = StatusService::new(Monitor::new(), token, PATH).unwrap_err();
        assert_eq!(error, MonitorError::ShortToken);
    }
    for token in ["spaces around it ", "a\nb a\nb a\nb a\nb a\nb"] {
        let error = StatusService::new(Monitor::new(), token, PATH).unwrap_err();
        assert_eq!(error, MonitorError::MalformedToken);
    }
    for path in [
        "",
        "/",
        "status",
        "/status/",
        "//status",
        "/../status",
        "/%61",
    ] {
        let error = StatusService::new(Monitor::new(), TOKEN, path).unwrap_err();
        assert_eq!(error, MonitorError::MalformedPath);
    }
}

#[tokio::test]
async fn strangers_see_the_form_and_nothing_else() {
    let service = page(Monitor::new());
    let form = ask(&service, "GET", "", &[], "").await;
    assert_eq!(form.status, 401);
    assert!(form.text.contains("<form") && !form.text.contains("<script"));
    let wrong = [
        "Bearer",
        "Bearer the token of the test",
        "Bearer the token of the tests, Bearer the token of the tests",
        "Basic the token of the tests",
        "the token of the tests",
    ];
    for authorization in wrong {
        for (method, below) in [("GET", "/data"), ("GET", "/metrics"), ("POST", "/replay")] {
            let headers = [("authorization", authorization), FORM];
            let answer = ask(&service, method, below, &headers, "number=1").await;
            assert_eq!((answer.status, &*answer.text), (401, "Unauthorized"));
        }
    }
    let twice = ask(&service, "GET", "", &[BEARER, BEARER], "").await;
    assert_eq!(twice.status, 401);
}

#[tokio::test]
async fn the_bearer_of_the_token_sees_everything() {
    let service = page(Monitor::new());
    for (below, kind) in [
        ("", "text/html"),
        ("/data", "application/json"),
        ("/metrics", "application/openmetrics-text"),
    ] {
        let answer = ask(&service, "GET", below, &[BEARER], "").await;
        assert_eq!(answer.status, 200);
        let content_type = answer.headers["content-type"].to_str().unwrap();
        assert!(content_type.starts_with(kind));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
    }
}

#[tokio::test]
async fn each_path_has_one_method() {
    let service = page(Monitor::new());
    for (below, allowed) in [
        ("", "GET"),
        ("/data", "GET"),
        ("/metrics", "GET"),
        ("/replay", "POST"),
        ("/login", "POST"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS"] {
            if method != allowed {
                let answer = ask(&service, method, below, &[BEARER], "").await;
                assert_eq!(answer.status, 405);
                assert_eq!(answer.headers["allow"], allowed);
            }
        }
    }
}

#[tokio::test]
async fn the_form_begins_a_session_that_ends() {
    let seconds = Arc::new(AtomicU64::new(1_700_000_000));
    let clock = seconds.clone();
    let service =
        page(Monitor::new()).clock(move || UnixTime::from_seconds(clock.load(Ordering::SeqCst)));
    let answer = ask(&service, "POST", "/login", &[FORM], LOGIN).await;
    assert_eq!((answer.status, &*answer.text), (303, ""));
    assert_eq!(answer.headers["location"], "../status");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Max-Age=43200; HttpOnly; SameSite=Strict"));
    assert!(!cookie.contains(TOKEN));
    let session = log_in(&service).await;
    assert!(!cookie.starts_with(&session), "each session is its own");
    let status = async || {
        let cookie = [("cookie", "other=1"), ("cookie", &*session)];
        ask(&service, "GET", "", &cookie, "").await.status
    };
    assert_eq!(status().await, 200);
    seconds.fetch_add(HALF_A_DAY, Ordering::SeqCst);
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn cookies_of_https_are_secure() {
    let plain = page(Monitor::new());
    let cases = [
        (plain.clone(), PATH.to_owned(), false),
        (plain.clone(), format!("http://host{PATH}"), false),
        (plain.clone(), format!("https://host{PATH}"), true),
        (plain.secure(), PATH.to_owned(), true),
    ];
    for (service, place, is_secure) in cases {
        let begin = request("POST", &format!("{place}/login"), &[FORM], LOGIN);
        let response = service.oneshot(begin).await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{place}");
    }
}

#[tokio::test]
async fn wrong_tokens_are_logged_without_themselves() {
    let log = Log::default();
    let guard = log.collect();
    let service = page(Monitor::new());
    for body in ["", "token=wrong+token", "Token=the+token+of+the+tests"] {
        let answer = ask(&service, "POST", "/login", &[FORM], body).await;
        assert_eq!(answer.status, 401);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    let text = [("content-type", "text/plain")];
    let answer = ask(&service, "POST", "/login", &text, LOGIN).await;
    assert_eq!(answer.status, 400);
    drop(guard);
    let text = log.text();
    assert_eq!(text.matches("WARN").count(), 3);
    assert_eq!(
        text.matches("a token for the status page was refused")
            .count(),
        3
    );
    assert!(!text.contains("wrong"));
}

#[tokio::test]
async fn forms_are_read_no_further_than_the_limit() {
    let service = page(Monitor::new());
    let send = async |pieces: Vec<Piece>| {
        let (body, taken) = Pieces::new(pieces);
        let request = Request::post(format!("{PATH}/login")).header(FORM.0, FORM.1);
        let response = service.clone().oneshot(request.body(body).unwrap()).await;
        let answer = Answered::read(response.unwrap()).await;
        let taken = *taken.lock().unwrap();
        (answer.status, taken)
    };
    let piece = || Piece::Data(vec![b'x'; 1_500]);
    assert_eq!(send((0..10).map(|_| piece()).collect()).await, (413, 3));
    assert_eq!(send(vec![piece(), Piece::End]).await, (400, 2));
    let (begin, end) = LOGIN.split_at(9);
    let halves = [begin, end].map(|half| Piece::Data(half.into()));
    assert_eq!(send(halves.into()).await.0, 303);

    // Of other requests nothing is read.
    let (body, taken) = Pieces::new([piece()]);
    let request = Request::post(format!("{PATH}/data")).body(body).unwrap();
    assert_eq!(service.oneshot(request).await.unwrap().status(), 405);
    assert_eq!(*taken.lock().unwrap(), 0);
}

#[tokio::test]
async fn forms_that_never_end_are_given_up() {
    let (body, _) = Pieces::new([Piece::Data(b"token=".into()), Piece::Silence]);
    let request = Request::post(format!("{PATH}/login")).body(body).unwrap();
    let service = page(Monitor::new()).body_timeout(Duration::from_millis(10));
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 408);
}

#[tokio::test]
async fn replaying_needs_the_value_of_the_session() {
    let inbox = FakeInbox::of(0..5);
    let service = page(Monitor::new().with_inbox(inbox.clone()));
    let (mine, other) = (log_in(&service).await, log_in(&service).await);
    let value_of = async |cookie: &str| {
        let data = ask(&service, "GET", "/data", &[("cookie", cookie)], "").await;
        let data: serde_json::Value = serde_json::from_str(&data.text).unwrap();
        data["csrf"].as_str().unwrap().to_owned()
    };
    let (csrf, of_other) = (value_of(&mine).await, value_of(&other).await);
    assert_eq!(shown(&service).await["csrf"], serde_json::Value::Null);
    let replay = async |who: (&str, &str), form: &str| {
        ask(&service, "POST", "/replay", &[who, FORM], form)
            .await
            .status
    };
    let cookie = ("cookie", &*mine);
    for form in [
        "number=1".to_owned(),
        "number=1&csrf=".to_owned(),
        format!("number=1&csrf={of_other}"),
    ] {
        assert_eq!(replay(cookie, &form).await, 403);
    }
    assert!(inbox.replayed().is_empty());

    let log = Log::default();
    let guard = log.collect();
    assert_eq!(replay(cookie, &format!("number=1&csrf={csrf}")).await, 200);
    drop(guard);
    assert!(log.text().contains("INFO") && log.text().contains("dead letter 1 is replayed"));
    assert_eq!(replay(cookie, &format!("number=1&csrf={csrf}")).await, 404);
    assert_eq!(replay(BEARER, "number=2").await, 200);
    for number in ["", "-1", "1.0", "1e3", "9999999999999999999"] {
        assert_eq!(replay(BEARER, &format!("number={number}")).await, 400);
    }
    assert_eq!(inbox.replayed(), [1, 2]);
    for fault in [Fault::Error, Fault::Panic] {
        inbox.take_down(fault);
        assert_eq!(replay(BEARER, "number=3").await, 503);
    }
    assert_eq!(inbox.replayed(), [1, 2]);
}

#[tokio::test]
async fn only_what_is_shown_is_replayed() {
    let inbox = FakeInbox::of(0..101);
    let service = page(Monitor::new().with_inbox(inbox.clone()));
    let data = shown(&service).await;
    assert_eq!(data["inbox"]["dead_letters"].as_array().unwrap().len(), 100);
    let replay = async |form| {
        ask(&service, "POST", "/replay", &[BEARER, FORM], form)
            .await
            .status
    };
    assert_eq!(replay("number=100").await, 404);
    assert_eq!(replay("number=99").await, 200);
    assert_eq!(inbox.replayed(), [99]);
    // Without an inbox there is nothing to replay.
    let answer = ask(
        &page(Monitor::new()),
        "POST",
        "/replay",
        &[BEARER, FORM],
        "number=1",
    )
    .await;
    assert_eq!(answer.status, 404);
}

#[test]
fn nothing_private_is_in_its_description() {
    let service = page(Monitor::new().with_inbox(FakeInbox::of([1])));
    let shown = format!("{service:?}");
    assert!(shown.contains(PATH) && !shown.contains(TOKEN));
}
