//! Who may see the status page, at which paths, and what it answers.

use countersign::UnixTime;
use countersign::monitor::{
    BODY_LIMIT, Monitor, MonitorError, StatusAnswer, StatusLog, StatusPage, StatusRequest, Step,
    judged_path,
};
use proptest::prelude::*;

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
const TOKEN: &str = "the token of the tests";
const BEARER: (&str, &str) = ("authorization", "Bearer the token of the tests");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const LIFETIME: u64 = 43_200;

fn page() -> StatusPage {
    StatusPage::new(TOKEN, "/webhooks/status").unwrap()
}

fn ask(
    page: &StatusPage,
    method: &str,
    below: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Step {
    ask_at(
        NOW,
        page,
        method,
        &format!("/webhooks/status{below}"),
        headers,
        body,
    )
}

fn ask_at(
    now: UnixTime,
    page: &StatusPage,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Step {
    let mut request = StatusRequest::new(method, path, headers);
    request.body = body;
    page.ask(&request, now, [7; 16])
}

/// The status that a host would answer with, if there is an inbox with every dead letter.
fn status(step: Step) -> u16 {
    match step {
        Step::Answer(answer) => answer.status(),
        Step::Replay { number } => StatusAnswer::replayed(number, Some(true)).status(),
        _ => 200,
    }
}

fn answer(step: Step) -> StatusAnswer {
    match step {
        Step::Answer(answer) => answer,
        other => panic!("{other:?} is no answer"),
    }
}

fn header<'a>(answer: &'a StatusAnswer, name: &str) -> Option<&'a str> {
    let found = answer.headers().iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| &**value)
}

/// The cookie of a new session.
fn log_in(page: &StatusPage) -> String {
    let begun = answer(ask(
        page,
        "POST",
        "/login",
        &[FORM],
        b"token=the+token+of+the%20tests",
    ));
    assert_eq!(begun.status(), 303);
    assert_eq!(header(&begun, "location"), Some("../status"));
    let cookie = header(&begun, "set-cookie").unwrap();
    let (cookie, flags) = cookie.split_once("; ").unwrap();
    assert_eq!(flags, "Max-Age=43200; HttpOnly; SameSite=Strict");
    cookie.to_owned()
}

fn csrf(page: &StatusPage, cookie: &str) -> Option<String> {
    match ask(page, "GET", "/data", &[("cookie", cookie)], b"") {
        Step::Data { csrf } => csrf,
        other => panic!("{other:?} is no data"),
    }
}

#[test]
fn tokens_and_paths_that_keep_nothing_closed_are_refused() {
    let refused = |token| StatusPage::new(token, "/status").unwrap_err();
    for short in ["", "short", "xxxxxxxxxxxxxxx", "řřřřřřřřřřřřřřř"] {
        assert_eq!(refused(short), MonitorError::ShortToken);
    }
    for malformed in [
        "spaces around it ",
        " spaces around it",
        "                ",
        "a line\nfeed is in it",
        "a tab\tis in this one",
        "no-break\u{a0}space is in it",
        "zero width\u{200b}space is in it",
        "what was \u{fffd} decoded wrongly",
    ] {
        assert_eq!(refused(malformed), MonitorError::MalformedToken);
    }
    for token in [
        "\"quotes\" and \\ 'these'",
        "žluťoučký kůň 🐎 úpěl",
        "e\u{301}\u{301} combining e\u{301}",
    ] {
        assert!(StatusPage::new(token, "/status").is_ok(), "{token}");
    }
    for path in [
        "",
        "/",
        "status",
        "/status/",
        "//status",
        "/../status",
        "/./a",
        "/a b",
        "/%61",
        "/ž",
    ] {
        let refused = StatusPage::new(TOKEN, path).unwrap_err();
        assert_eq!(refused, MonitorError::MalformedPath, "{path}");
    }
    assert!(StatusPage::new(TOKEN, "/.../a_~.-/9").is_ok());
}

#[test]
fn each_path_has_one_spelling_and_one_method() {
    let page = page();
    let methods = [
        ("", "GET"),
        ("/data", "GET"),
        ("/metrics", "GET"),
        ("/replay", "POST"),
        ("/login", "POST"),
    ];
    let paths: Vec<_> = methods
        .iter()
        .map(|(below, _)| format!("/webhooks/status{below}"))
        .collect();
    assert_eq!(page.paths(), paths);
    for (below, allowed) in methods {
        let path = format!("/webhooks/status{below}");
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS", "get"] {
            assert_eq!(
                page.wants_body(method, &path),
                method == "POST" && allowed == "POST"
            );
            if method != allowed {
                let refused = answer(ask(&page, method, below, &[BEARER], b""));
                assert_eq!(
                    (refused.status(), header(&refused, "allow")),
                    (405, Some(allowed))
                );
            }
        }
    }
    for path in [
        "/webhooks/status/",
        "/webhooks/status//data",
        "/webhooks//status",
        "/webhooks/Status",
        "/webhooks/status;x",
        "/webhooks/status/data/data",
        "/webhooks/statusdata",
        "/status",
        "/",
        "",
        "/webhooks/./status",
        "/webhooks/status/../status",
        "/webhooks/%73tatus",
        "/webhooks\\status",
    ] {
        assert_eq!(
            status(ask_at(NOW, &page, "GET", path, &[BEARER], b"")),
            404,
            "{path}"
        );
    }
}

#[test]
fn other_spellings_are_judged_as_they_were_sent() {
    let path = "/webhooks/status";
    for (sent, judged) in [
        ("", path),
        ("/webhooks/status?x=//%61", path),
        ("/mounted/webhooks/status", path),
        ("http://host/webhooks/status", path),
        ("/webhooks/%73tatus?x", "/webhooks/%73tatus"),
        ("//webhooks/status", "//webhooks/status"),
        ("/webhooks//status", "/webhooks//status"),
        ("/x://webhooks/status", "/x://webhooks/status"),
        (
            "http://host//webhooks/status",
            "http://host//webhooks/status",
        ),
        (
            "http://host/webhooks/%73tatus",
            "http://host/webhooks/%73tatus",
        ),
    ] {
        assert_eq!(judged_path(sent, path), judged);
    }
}

#[test]
fn strangers_see_the_form_and_nothing_else() {
    let page = page();
    let form = answer(ask(&page, "GET", "", &[], b""));
    assert_eq!(form.status(), 401);
    assert_eq!(header(&form, "www-authenticate"), Some("Bearer"));
    assert!(
        form.body()
            .contains(r#"<form method="post" action="status/login">"#)
    );
    assert!(!form.body().contains("<script") && !form.body().contains("ountersign"));
    assert_eq!(form.log(), None);
    for (method, below) in [("GET", "/data"), ("GET", "/metrics"), ("POST", "/replay")] {
        let refused = answer(ask(&page, method, below, &[FORM], b"number=1"));
        assert_eq!((refused.status(), refused.body()), (401, "Unauthorized"));
    }
}

#[test]
fn wrong_tokens_are_all_the_same() {
    let page = page();
    let cookie = log_in(&page);
    for wrong in [
        "Bearer",
        "Bearer ",
        "Bearer the token of the testsx",
        "Bearer the token of the test",
        "Bearer THE TOKEN OF THE TESTS",
        "Basic the token of the tests",
        "the token of the tests",
        "Bearer \"the token of the tests\"",
    ] {
        let headers = [("authorization", wrong)];
        assert_eq!(
            status(ask(&page, "GET", "/data", &headers, b"")),
            401,
            "{wrong}"
        );
    }
    assert_eq!(status(ask(&page, "GET", "", &[BEARER, BEARER], b"")), 401);
    // A token that is wrong is not made right by a session; the password of a proxy is not ours.
    let session = ("cookie", &*cookie);
    let beside = |value| {
        status(ask(
            &page,
            "GET",
            "",
            &[("Authorization", value), session],
            b"",
        ))
    };
    assert_eq!(beside("Bearer wrong"), 401);
    assert_eq!(beside("Basic YTpi"), 200);
    assert_eq!(
        status(ask(
            &page,
            "GET",
            "",
            &[("AUTHORIZATION", "bearer  the token of the tests ")],
            b""
        )),
        200
    );
}

#[test]
fn forms_are_read_strictly() {
    let page = page();
    let log_in =
        |headers: &[(&str, &str)], body: &[u8]| answer(ask(&page, "POST", "/login", headers, body));
    for body in [
        "",
        "token=",
        "token=wrong",
        "Token=the+token+of+the+tests",
        "token=%ff%fe",
        "token",
    ] {
        let refused = log_in(&[FORM], body.as_bytes());
        assert_eq!(
            (refused.status(), header(&refused, "set-cookie")),
            (401, None)
        );
        assert!(refused.body().contains(r#"action="login""#) && refused.body().contains("alert"));
        assert_eq!(refused.log(), Some(StatusLog::TokenRefused));
        assert!(refused.log().unwrap().is_warning());
    }
    let right = "token=the+token+of+the+tests";
    assert_eq!(
        log_in(&[("content-type", "text/plain")], right.as_bytes()).status(),
        400
    );
    assert_eq!(log_in(&[], right.as_bytes()).status(), 400);
    assert_eq!(log_in(&[FORM, FORM], right.as_bytes()).status(), 400);
    let kind = (
        "Content-Type",
        " Application/X-WWW-form-urlencoded ; charset=utf-8",
    );
    assert_eq!(log_in(&[kind], right.as_bytes()).status(), 303);
    let with = |fields: usize| "a=1&".repeat(fields - 1) + right;
    assert_eq!(log_in(&[FORM], with(8).as_bytes()).status(), 303);
    assert_eq!(log_in(&[FORM], with(9).as_bytes()).status(), 400);
    // The last that has a value counts.
    assert_eq!(
        log_in(&[FORM], format!("token=wrong&{right}&token=").as_bytes()).status(),
        303
    );
    assert_eq!(
        log_in(&[FORM], format!("{right}&token=wrong").as_bytes()).status(),
        401
    );
    let filled = |length| format!("{right}&a={}", "x".repeat(length - right.len() - 3));
    assert_eq!(log_in(&[FORM], filled(BODY_LIMIT).as_bytes()).status(), 303);
    assert_eq!(
        log_in(&[FORM], filled(BODY_LIMIT + 1).as_bytes()).status(),
        400
    );
}

#[test]
fn sessions_are_of_one_token_and_end() {
    let page = page();
    let cookie = log_in(&page);
    let (name, session) = cookie.split_once('=').unwrap();
    let parts: Vec<_> = session.split('.').collect();
    let [expires, identity, mac] = parts[..] else {
        panic!("{session}")
    };
    assert_eq!((name, expires), ("countersign_session", "1700043200"));
    assert_eq!(identity, "07".repeat(16));
    let at = |seconds, cookies: &[&str]| {
        let headers: Vec<_> = cookies.iter().map(|cookie| ("Cookie", *cookie)).collect();
        let now = UnixTime::from_seconds(1_700_000_000 + seconds);
        status(ask_at(
            now,
            &StatusPage::new(TOKEN, "/status").unwrap(),
            "GET",
            "/status",
            &headers,
            b"",
        ))
    };
    assert_eq!(at(0, &[&cookie]), 200);
    assert_eq!(at(LIFETIME - 1, &["other=1", &cookie]), 200);
    assert_eq!(at(0, &[&format!("{name}=x;  {cookie} ; other=1")]), 200);
    assert_eq!(at(LIFETIME, &[&cookie]), 401);
    for forged in [
        String::new(),
        ".".into(),
        "..".into(),
        session[..session.len() - 1].into(),
        format!("{session}0"),
        session.to_uppercase(),
        format!("1700043201.{identity}.{mac}"),
        format!("{expires}.{identity}."),
        format!("{identity}.{expires}.{mac}"),
        format!("\"{session}\""),
        "ÿÿÿ".into(),
    ] {
        assert_eq!(at(0, &[&format!("{name}={forged}")]), 401, "{forged}");
    }
    let other = StatusPage::new("another token of 16 characters", "/webhooks/status").unwrap();
    assert_eq!(
        status(ask(&other, "GET", "", &[("cookie", &cookie)], b"")),
        401
    );
}

#[test]
fn replaying_needs_the_value_of_the_session() {
    let page = page();
    let cookie = log_in(&page);
    let value = csrf(&page, &cookie).unwrap();
    assert_eq!(value.len(), 64);
    let session = [FORM, ("cookie", &cookie)];
    let replay = |headers: &[(&str, &str)], body: &str| {
        status(ask(&page, "POST", "/replay", headers, body.as_bytes()))
    };
    for body in [
        "number=1",
        "number=1&csrf=",
        &format!("number=1&csrf={}", "0".repeat(64)),
    ] {
        assert_eq!(replay(&session, body), 403);
    }
    assert_eq!(replay(&session, &format!("number=1&csrf={value}")), 200);
    assert_eq!(replay(&[FORM, BEARER], "number=1"), 200);
    assert_eq!(replay(&[BEARER], "number=1"), 400);
    let nines = "9".repeat(19);
    for number in [
        "", "-1", "%2b1", "1.0", "%D9%A3", "1e3", &*nines, "3%0a", "+3",
    ] {
        assert_eq!(
            replay(&session, &format!("csrf={value}&number={number}")),
            400,
            "{number}"
        );
    }
    let step = ask(&page, "POST", "/replay", &[FORM, BEARER], b"number=007");
    assert!(matches!(step, Step::Replay { number: 7 }));
}

#[test]
fn what_became_of_a_replay_is_answered() {
    let replayed = StatusAnswer::replayed(7, Some(true));
    assert_eq!(
        (replayed.status(), replayed.body()),
        (200, r#"{"replayed": 7}"#)
    );
    let log = replayed.log().unwrap();
    assert_eq!(
        (log.to_string(), log.is_warning()),
        ("dead letter 7 is replayed".into(), false)
    );
    for (outcome, status) in [(Some(false), 404), (None, 503)] {
        let refused = StatusAnswer::replayed(7, outcome);
        assert_eq!((refused.status(), refused.log()), (status, None));
    }
}

#[test]
fn data_hold_the_value_of_the_session() {
    let monitor = Monitor::new(NOW);
    let data = |csrf| StatusAnswer::data(&monitor, None, NOW, 7, csrf);
    assert!(
        data(Some("abc"))
            .body()
            .ends_with(r#""inbox": null, "csrf": "abc"}"#)
    );
    assert!(data(None).body().ends_with(r#", "csrf": null}"#));
    assert_eq!(
        header(&data(None), "content-type"),
        Some("application/json")
    );
    let step = ask(&page(), "GET", "/data", &[BEARER], b"");
    assert!(matches!(step, Step::Data { csrf: None }));
}

#[test]
fn pages_run_under_their_own_policy_alone() {
    let page = page();
    let shown = answer(ask(&page, "GET", "", &[BEARER], b""));
    let policy = header(&shown, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; img-src data:; style-src 'sha256-"));
    assert!(policy.contains("; script-src 'sha256-"));
    assert!(policy.ends_with("; connect-src 'self'; require-trusted-types-for 'script'"));
    // Browsers hash a script after they made its line ends so.
    assert!(!shown.body().contains('\r'));
    for once in ["<style>", "<script>", "</style>", "</script>"] {
        assert_eq!(shown.body().matches(once).count(), 1);
    }
    let form = answer(ask(&page, "GET", "", &[], b""));
    let policy = header(&form, "content-security-policy").unwrap();
    assert!(policy.ends_with("'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
    for answer in [shown, form, answer(ask(&page, "PUT", "", &[], b""))] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&answer, name), Some(value));
        }
    }
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let page = page();
    let cookie = log_in(&page);
    let begun = ask(
        &page,
        "POST",
        "/login",
        &[FORM],
        b"token=the+token+of+the+tests",
    );
    let data = ask(&page, "GET", "/data", &[("cookie", &cookie)], b"");
    let shown = format!("{page:?} {begun:?} {data:?}");
    assert!(
        !shown.contains(TOKEN)
            && !shown.contains("0707")
            && !shown.contains(&csrf(&page, &cookie).unwrap())
    );
}

proptest! {
    #[test]
    fn nobody_else_is_let_in(
        below in prop::sample::select(vec!["", "/data", "/metrics", "/replay", "/login"]),
        name in prop::sample::select(vec!["authorization", "cookie", "content-type"]),
        value in prop::collection::vec(any::<u8>(), 0..80),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let headers = [(name, value), (FORM.0, FORM.1.into())];
        for method in ["GET", "POST"] {
            let path = format!("/webhooks/status{below}");
            let mut request = StatusRequest::new(method, &path, headers.as_slice());
            request.body = &body;
            let step = page().ask(&request, NOW, [7; 16]);
            prop_assert!(matches!(status(step), 400 | 401 | 405));
        }
    }
}
