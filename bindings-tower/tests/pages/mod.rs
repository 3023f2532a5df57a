//! A status page, who asks for it, and an inbox with dead letters.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign::GuardError;
use countersign::monitor::DeadLetter;
use countersign_tower::StoreFuture;
use countersign_tower::monitor::{Monitor, ShownInbox, StatusService};
use http::Request;
use http_body_util::Full;
use serde_json::Value;
use tower::ServiceExt;

use crate::common::{Answered, NOW};

pub(crate) const TOKEN: &str = "the token of the tests";
pub(crate) const BEARER: (&str, &str) = ("authorization", "Bearer the token of the tests");
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub(crate) const LOGIN: &str = "token=the+token+of+the+tests";
pub(crate) const PATH: &str = "/webhooks/status";

/// A page whose clock stands still.
pub(crate) fn page(monitor: Monitor) -> StatusService {
    let service = StatusService::new(monitor, TOKEN, PATH).unwrap();
    service.clock(|| NOW)
}

pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Full::from(body.to_owned().into_bytes());
    request.body(body).unwrap()
}

pub(crate) async fn ask(
    service: &StatusService,
    method: &str,
    below: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answered {
    let path = [PATH, below].concat();
    let request = request(method, &path, headers, body);
    let response = service.clone().oneshot(request).await.unwrap();
    Answered::read(response).await
}

/// What the page shows to the bearer of the token.
pub(crate) async fn shown(service: &StatusService) -> Value {
    let answer = ask(service, "GET", "/data", &[BEARER], "").await;
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.text).unwrap()
}

/// The cookie of a session that begins.
pub(crate) async fn log_in(service: &StatusService) -> String {
    let answer = ask(service, "POST", "/login", &[FORM], LOGIN).await;
    assert_eq!(answer.status, 303);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// How an inbox does not answer.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    Error,
    Panic,
}

/// An inbox of dead letters, which replays what was handled, too, as inboxes do.
#[derive(Default)]
pub(crate) struct FakeInbox {
    letters: Mutex<Vec<DeadLetter>>,
    replayed: Mutex<Vec<u64>>,
    fails: AtomicBool,
    panics: AtomicBool,
}

impl FakeInbox {
    /// Of letters with these numbers.
    pub(crate) fn of(numbers: impl IntoIterator<Item = u64>) -> Arc<Self> {
        let letter = |number| {
            let mut letter = DeadLetter::new(number, NOW, 7);
            letter.event_id = Some(format!("msg_{number}"));
            letter.event_type = Some("invoice.paid".to_owned());
            letter.error = Some("std::fmt::Error".to_owned());
            letter
        };
        let letters = numbers.into_iter().map(letter).collect();
        Arc::new(Self {
            letters: Mutex::new(letters),
            ..Self::default()
        })
    }

    pub(crate) fn replayed(&self) -> Vec<u64> {
        self.replayed.lock().unwrap().clone()
    }

    pub(crate) fn take_down(&self, fault: Fault) {
        self.fails.store(fault == Fault::Error, Ordering::SeqCst);
        self.panics.store(fault == Fault::Panic, Ordering::SeqCst);
    }

    fn answer<'a, T: Send + 'a>(&self, answer: impl FnOnce() -> T) -> StoreFuture<'a, T> {
        assert!(!self.panics.load(Ordering::SeqCst), "the secret host name");
        let result = match self.fails.load(Ordering::SeqCst) {
            true => Err(GuardError::StoreUnavailable),
            false => Ok(answer()),
        };
        Box::pin(ready(result))
    }
}

impl ShownInbox for FakeInbox {
    fn counts(&self) -> StoreFuture<'_, Vec<(String, u64)>> {
        self.answer(|| {
            let waiting = self.replayed.lock().unwrap().len() as u64;
            let dead = self.letters.lock().unwrap().len() as u64;
            vec![("waiting".to_owned(), waiting), ("dead".to_owned(), dead)]
        })
    }

    fn dead_letters(&self) -> StoreFuture<'_, Vec<DeadLetter>> {
        self.answer(|| self.letters.lock().unwrap().clone())
    }

    fn replay(&self, number: u64) -> StoreFuture<'_, bool> {
        self.answer(|| {
            let mut letters = self.letters.lock().unwrap();
            letters.retain(|letter| letter.number != number);
            self.replayed.lock().unwrap().push(number);
            true
        })
    }
}
