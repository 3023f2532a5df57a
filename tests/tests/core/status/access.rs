//! Who may see the status page.

use countersign::monitor::{MonitorError, StatusPage, StatusRequest};
use proptest::prelude::*;

use super::{BEARER, FORM, NOW, TOKEN, answer, ask, csrf, header, log_in, page, status};

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
    for (method, below) in [
        ("GET", "/data"),
        ("GET", "/metrics"),
        ("POST", "/replay"),
        ("POST", "/replay-delivery"),
    ] {
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
        below in prop::sample::select(vec!["", "/data", "/metrics", "/replay", "/replay-delivery", "/login"]),
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
