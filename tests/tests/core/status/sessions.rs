//! Forms, and the sessions that they begin.

use countersign::UnixTime;
use countersign::monitor::{BODY_LIMIT, StatusLog, StatusPage, Step};

use super::{
    BEARER, FORM, LIFETIME, TOKEN, answer, ask, ask_at, csrf, header, log_in, page, status,
};

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
    for path in ["/replay", "/replay-delivery"] {
        replaying_at(&page, path);
    }
    let step = ask(&page, "POST", "/replay", &[FORM, BEARER], b"number=007");
    assert!(matches!(step, Step::Replay { number: 7 }));
    let step = ask(
        &page,
        "POST",
        "/replay-delivery",
        &[FORM, BEARER],
        b"number=7",
    );
    assert!(matches!(step, Step::ReplayDelivery { number: 7 }));
}

fn replaying_at(page: &StatusPage, path: &str) {
    let cookie = log_in(page);
    let value = csrf(page, &cookie).unwrap();
    assert_eq!(value.len(), 64);
    let session = [FORM, ("cookie", &cookie)];
    let replay = |headers: &[(&str, &str)], body: &str| {
        status(ask(page, "POST", path, headers, body.as_bytes()))
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
}
