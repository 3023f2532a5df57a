//! The status page as a host asks it.

mod access;
mod pages;
mod sessions;

use countersign::UnixTime;
use countersign::monitor::{StatusAnswer, StatusPage, StatusRequest, Step};

pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
pub(super) const TOKEN: &str = "the token of the tests";
pub(super) const BEARER: (&str, &str) = ("authorization", "Bearer the token of the tests");
pub(super) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub(super) const LIFETIME: u64 = 43_200;

pub(super) fn page() -> StatusPage {
    StatusPage::new(TOKEN, "/webhooks/status").unwrap()
}

pub(super) fn ask(
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

pub(super) fn ask_at(
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
pub(super) fn status(step: Step) -> u16 {
    match step {
        Step::Answer(answer) => answer.status(),
        Step::Replay { number } => StatusAnswer::replayed(number, Some(true)).status(),
        Step::ReplayDelivery { number } => {
            StatusAnswer::delivery_replayed(number, Some(true)).status()
        }
        _ => 200,
    }
}

pub(super) fn answer(step: Step) -> StatusAnswer {
    match step {
        Step::Answer(answer) => answer,
        other => panic!("{other:?} is no answer"),
    }
}

pub(super) fn header<'a>(answer: &'a StatusAnswer, name: &str) -> Option<&'a str> {
    let found = answer.headers().iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| &**value)
}

/// The cookie of a new session.
pub(super) fn log_in(page: &StatusPage) -> String {
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

pub(super) fn csrf(page: &StatusPage, cookie: &str) -> Option<String> {
    match ask(page, "GET", "/data", &[("cookie", cookie)], b"") {
        Step::Data { csrf } => csrf,
        other => panic!("{other:?} is no data"),
    }
}
