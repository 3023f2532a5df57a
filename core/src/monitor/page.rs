//! The status page, which knows no server: what is answered to which request.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::answer::{StatusAnswer, StatusLog};
use super::documents::{LOGIN, STATUS, login_page, policy};
use super::error::MonitorError;
use super::form::Form;
use super::path::is_path;
use super::session::{Sessions, bearer_token, cookie};
use crate::headers::{HeaderName, Headers};
use crate::time::{UnixTime, parse_digits};

/// The largest body that the page takes, in bytes.
pub const BODY_LIMIT: usize = 4_096;

const LONGEST_NUMBER: usize = 18;
/// What can be asked for below the page, and how.
const METHODS: [(&str, &str); 6] = [
    ("", "GET"),
    ("/data", "GET"),
    ("/metrics", "GET"),
    ("/replay", "POST"),
    ("/replay-delivery", "POST"),
    ("/login", "POST"),
];

/// What a monitor saw, as a page for people and as metrics, for those who have the token.
///
/// Below its path there are `/data` (JSON), `/metrics` (OpenMetrics), `/login`, `/replay` and
/// `/replay-delivery`, and nothing else: a path in any other spelling is not found. The token is sent as
/// `Authorization: Bearer`, or given to the form that others see, which begins a session.
///
/// The page decides and the host does what it says: see [`Step`].
///
/// ```
/// use countersign::UnixTime;
/// use countersign::monitor::{Attached, Monitor, StatusAnswer, StatusPage, StatusRequest, Step};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let monitor = Monitor::new(now);
/// let page = StatusPage::new("a token of the reader's", "/status")?;
///
/// let headers = [("Authorization", "Bearer a token of the reader's")];
/// let request = StatusRequest::new("GET", "/status/metrics", &headers);
/// let answer = match page.ask(&request, now, [7; 16]) {
///     Step::Answer(answer) => answer,
///     Step::Metrics => StatusAnswer::metrics(&monitor, Attached::default()),
///     other => panic!("{other:?} was not asked for"),
/// };
/// assert_eq!(answer.status(), 200);
/// assert!(answer.body().ends_with("# EOF\n"));
/// # Ok::<(), countersign::monitor::MonitorError>(())
/// ```
#[derive(Clone)]
pub struct StatusPage {
    path: String,
    sessions: Sessions,
    page_policy: String,
    login_policy: String,
}

/// A request for the page.
#[derive(Debug)]
#[non_exhaustive]
pub struct StatusRequest<'a, H: ?Sized> {
    /// The method as received.
    pub method: &'a str,
    /// The path without its query: see [`judged_path`](super::judged_path).
    pub path: &'a str,
    /// The headers.
    pub headers: &'a H,
    /// The body, if [`StatusPage::wants_body`] says so; else it may be empty.
    pub body: &'a [u8],
    /// Whether the request came by HTTPS.
    pub secure: bool,
}

impl<'a, H: Headers + ?Sized> StatusRequest<'a, H> {
    /// A request without a body that did not come by HTTPS.
    pub fn new(method: &'a str, path: &'a str, headers: &'a H) -> Self {
        Self {
            method,
            path,
            headers,
            body: &[],
            secure: false,
        }
    }
}

/// What a host does next for a request.
#[non_exhaustive]
pub enum Step {
    /// Send this.
    Answer(StatusAnswer),
    /// Read the inbox and the outbox, and send [`StatusAnswer::data`].
    Data {
        /// What a form of this session must hold; `None` for the bearer of the token.
        csrf: Option<String>,
    },
    /// Read the counts of the inbox, and the endpoints and replays of the outbox, and send
    /// [`StatusAnswer::metrics`].
    Metrics,
    /// Replay the event of this number if it [`is_shown`](super::is_shown), and send
    /// [`StatusAnswer::replayed`].
    Replay {
        /// The number of the dead letter in the inbox.
        number: u64,
    },
    /// Replay the delivery of this number if it [`is_shown`](super::is_shown) among the dead letters
    /// of the outbox, and send [`StatusAnswer::delivery_replayed`].
    ReplayDelivery {
        /// The number of the delivery in the outbox.
        number: u64,
    },
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => f.debug_tuple("Answer").field(answer).finish(),
            // What proves a form is as good as the session for it.
            Self::Data { .. } => f.write_str("Data { .. }"),
            Self::Metrics => f.write_str("Metrics"),
            Self::Replay { number } => f.debug_struct("Replay").field("number", number).finish(),
            Self::ReplayDelivery { number } => {
                let mut shown = f.debug_struct("ReplayDelivery");
                shown.field("number", number).finish()
            }
        }
    }
}

impl StatusPage {
    /// The names of the headers that it reads; a host may leave out all others.
    pub const HEADERS: [&'static str; 3] = ["authorization", "cookie", "content-type"];

    /// A page at this path, such as `/webhooks/status`, below the root of the application that
    /// serves it.
    ///
    /// # Errors
    /// If the token has less than 16 characters, characters that cannot be printed or spaces around
    /// it; if the path has others than letters, digits, `._~-` and single slashes.
    pub fn new(token: &str, path: &str) -> Result<Self, MonitorError> {
        if !is_path(path) {
            return Err(MonitorError::MalformedPath);
        }
        Ok(Self {
            path: path.into(),
            sessions: Sessions::new(token)?,
            page_policy: policy(STATUS),
            login_policy: policy(LOGIN),
        })
    }

    /// All paths that are found.
    pub fn paths(&self) -> Vec<String> {
        let paths = METHODS
            .iter()
            .map(|(below, _)| [&self.path, *below].concat());
        paths.collect()
    }

    /// Whether the body of such a request matters; at most [`BODY_LIMIT`] bytes of it. If it cannot
    /// be read, [`StatusAnswer::refused`] answers.
    pub fn wants_body(&self, method: &str, path: &str) -> bool {
        method == "POST" && matches!(self.find(path), Some((_, "POST")))
    }

    /// What is to be done for a request.
    ///
    /// The entropy, for a session that begins, must come from the operating system's generator.
    pub fn ask<H: Headers + ?Sized>(
        &self,
        request: &StatusRequest<'_, H>,
        now: UnixTime,
        entropy: [u8; 16],
    ) -> Step {
        let StatusRequest {
            method,
            path,
            headers,
            body,
            secure,
        } = *request;
        // From here on there is one copy of the code, whatever the headers are.
        let [authorization, cookie, content_type] = Self::HEADERS;
        let given = Given {
            // Two of them are no token.
            authorization: joined(headers, authorization, b", "),
            cookies: joined(headers, cookie, b";"),
            content_type: joined(headers, content_type, b", "),
            body,
        };
        match self.find(path) {
            None => Step::Answer(StatusAnswer::refused(404)),
            Some((_, allowed)) if method != allowed => {
                Step::Answer(StatusAnswer::refused(405).with("allow", allowed))
            }
            Some(("/login", _)) => Step::Answer(self.log_in(&given, secure, now, entropy)),
            Some((below, _)) => self.show(below, &given, now),
        }
    }

    /// What lies below the page at this path, and its method.
    fn find(&self, path: &str) -> Option<(&'static str, &'static str)> {
        let below = path.strip_prefix(&*self.path)?;
        METHODS.into_iter().find(|(known, _)| *known == below)
    }

    fn show(&self, below: &str, given: &Given<'_>, now: UnixTime) -> Step {
        // Whoever sends the token itself needs no session, and no other site can make them send it.
        let session = match bearer_token(&given.authorization) {
            Some(token) if self.sessions.is_token(token) => None,
            Some(_) => return Step::Answer(self.unauthorized(below)),
            None => match self.sessions.find(&given.cookies, now) {
                None => return Step::Answer(self.unauthorized(below)),
                session => session,
            },
        };
        match below {
            "/data" => Step::Data {
                csrf: session.map(|session| self.sessions.csrf(session)),
            },
            "/metrics" => Step::Metrics,
            "/replay" => match self.number_to_replay(session, given) {
                Ok(number) => Step::Replay { number },
                Err(status) => Step::Answer(StatusAnswer::refused(status)),
            },
            "/replay-delivery" => match self.number_to_replay(session, given) {
                Ok(number) => Step::ReplayDelivery { number },
                Err(status) => Step::Answer(StatusAnswer::refused(status)),
            },
            _ => Step::Answer(StatusAnswer::html(200, self.page_policy.clone(), STATUS)),
        }
    }

    fn unauthorized(&self, below: &str) -> StatusAnswer {
        match below {
            // Relative, since a proxy may show the page under a prefix.
            "" => self.form(&[self.name(), "/login"].concat(), false),
            _ => StatusAnswer::refused(401).with("www-authenticate", "Bearer"),
        }
    }

    fn log_in(
        &self,
        given: &Given<'_>,
        secure: bool,
        now: UnixTime,
        entropy: [u8; 16],
    ) -> StatusAnswer {
        let Some(form) = Form::parse(&given.content_type, given.body) else {
            return StatusAnswer::refused(400);
        };
        if !self.sessions.is_token(form.token.as_bytes()) {
            return self.form("login", true).logged(StatusLog::TokenRefused);
        }
        let session = self.sessions.begin(now, entropy);
        StatusAnswer::see_other(["../", self.name()].concat())
            .with("set-cookie", cookie(&session, secure))
    }

    /// The number in a form of this session; else the status of the refusal.
    fn number_to_replay(&self, session: Option<&[u8]>, given: &Given<'_>) -> Result<u64, u16> {
        let form = Form::parse(&given.content_type, given.body).ok_or(400_u16)?;
        let is_ours = |session| self.sessions.is_csrf(session, form.csrf.as_bytes());
        if !session.is_none_or(is_ours) {
            return Err(403);
        }
        let number = form.number.as_bytes();
        let parsed = parse_digits(number).filter(|_| number.len() <= LONGEST_NUMBER);
        parsed.ok_or(400)
    }

    fn form(&self, action: &str, failed: bool) -> StatusAnswer {
        let page = login_page(action, failed);
        StatusAnswer::html(401, self.login_policy.clone(), page).with("www-authenticate", "Bearer")
    }

    /// The last segment of the path.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Debug for StatusPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StatusPage");
        shown.field("path", &self.path).finish_non_exhaustive()
    }
}

/// The parts of a request that matter.
struct Given<'a> {
    authorization: Cow<'a, [u8]>,
    cookies: Cow<'a, [u8]>,
    content_type: Cow<'a, [u8]>,
    body: &'a [u8],
}

/// The values of all headers of a name.
fn joined<'a>(headers: &'a (impl Headers + ?Sized), name: &str, separator: &[u8]) -> Cow<'a, [u8]> {
    let mut found: Option<Cow<'a, [u8]>> = None;
    headers.each(HeaderName::new(name, 0), &mut |value| match &mut found {
        None => found = Some(value.into()),
        Some(before) => {
            let before = before.to_mut();
            before.extend_from_slice(separator);
            before.extend_from_slice(value);
        }
    });
    found.unwrap_or_default()
}
