//! What a status page answers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use countersign::monitor::{
    BODY_LIMIT, StatusAnswer, StatusLog, StatusPage, StatusRequest, Step, is_shown, judged_path,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::monitor::{MonitorHandle, instant, thrown};
use crate::views::{InboxHandle, OutboxHandle, attached};

/// A status page.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StatusPageHandle(StatusPage);

#[wasm_bindgen]
impl StatusPageHandle {
    /// # Errors
    /// What is wrong with the token or the path.
    #[wasm_bindgen(constructor)]
    pub fn new(token: String, path: &str) -> Result<Self, JsValue> {
        let token = Zeroizing::new(token);
        StatusPage::new(&token, path).map(Self).map_err(thrown)
    }

    /// All paths that are found, a line each.
    pub fn paths(&self) -> String {
        self.0.paths().join("\n")
    }

    /// Whether the body of such a request matters.
    pub fn wants_body(&self, method: &str, path: &str) -> bool {
        self.0.wants_body(method, path)
    }

    /// What is to be done; the entropy is 16 bytes.
    pub fn ask(&self, request: StatusRequestHandle, now: f64, entropy: &[u8]) -> StepHandle {
        let mut random = [0; 16];
        for (to, from) in random.iter_mut().zip(entropy) {
            *to = *from;
        }
        let mut asked = StatusRequest::new(&request.method, &request.path, &request.headers);
        asked.body = &request.body;
        asked.secure = request.secure;
        StepHandle(self.0.ask(&asked, instant(now), random))
    }
}

/// A request for the page. It is built up before it is asked.
#[wasm_bindgen]
pub struct StatusRequestHandle {
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    secure: bool,
}

#[wasm_bindgen]
impl StatusRequestHandle {
    /// A request without headers.
    #[wasm_bindgen(constructor)]
    pub fn new(method: String, path: String, body: Vec<u8>, secure: bool) -> Self {
        Self {
            method,
            path,
            headers: Vec::new(),
            body,
            secure,
        }
    }

    /// Adds a header.
    pub fn add_header(&mut self, name: String, value: Vec<u8>) {
        self.headers.push((name, value));
    }
}

/// What an answer waits for.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum StepKind {
    /// Nothing.
    Answer,
    /// All of the inbox and the outbox.
    Data,
    /// The counts of the inbox, the endpoints and replays of the outbox.
    Metrics,
    /// A dead letter of the inbox that is replayed.
    Replay,
    /// A dead letter of the outbox that is replayed.
    ReplayDelivery,
}

/// A step on the way to an answer.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StepHandle(Step);

#[wasm_bindgen]
impl StepHandle {
    /// What the answer waits for.
    pub fn kind(&self) -> StepKind {
        match &self.0 {
            Step::Data { .. } => StepKind::Data,
            Step::Metrics => StepKind::Metrics,
            Step::Replay { .. } => StepKind::Replay,
            Step::ReplayDelivery { .. } => StepKind::ReplayDelivery,
            _ => StepKind::Answer,
        }
    }

    /// The number of the dead letter that is to be replayed.
    pub fn number(&self) -> f64 {
        match self.0 {
            Step::Replay { number } | Step::ReplayDelivery { number } => number as f64,
            _ => 0.0,
        }
    }

    /// Whether that is among these, which are all that there are.
    pub fn is_shown(&self, dead_letters: Vec<f64>) -> bool {
        let numbers = dead_letters.into_iter().map(|number| number as u64);
        match self.0 {
            Step::Replay { number } | Step::ReplayDelivery { number } => is_shown(numbers, number),
            _ => false,
        }
    }

    /// The answer, with what was read of the inbox and the outbox, and whether the dead letter was
    /// replayed.
    pub fn finish(
        self,
        monitor: &MonitorHandle,
        inbox: Option<InboxHandle>,
        outbox: Option<OutboxHandle>,
        replayed: Option<bool>,
        now: f64,
        process: f64,
    ) -> StatusAnswerHandle {
        let attached = attached(inbox.as_ref(), outbox.as_ref());
        StatusAnswerHandle(match self.0 {
            Step::Answer(answer) => answer,
            Step::Data { csrf } => StatusAnswer::data(
                &monitor.0,
                attached,
                instant(now),
                process as u64,
                csrf.as_deref(),
            ),
            Step::Metrics => StatusAnswer::metrics(&monitor.0, attached),
            Step::Replay { number } => StatusAnswer::replayed(number, replayed),
            Step::ReplayDelivery { number } => StatusAnswer::delivery_replayed(number, replayed),
            _ => StatusAnswer::refused(500),
        })
    }
}

/// What the page answers.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StatusAnswerHandle(StatusAnswer);

#[wasm_bindgen]
impl StatusAnswerHandle {
    /// An answer that says no more than its status.
    pub fn refused(status: u16) -> Self {
        Self(StatusAnswer::refused(status))
    }

    /// The status, names and values of headers, an empty line and the body, a line each.
    pub fn text(&self) -> String {
        let mut text = self.0.status().to_string();
        for (name, value) in self.0.headers() {
            for line in [name, &**value] {
                text.push('\n');
                text.push_str(line);
            }
        }
        text.push_str("\n\n");
        text.push_str(self.0.body());
        text
    }

    /// What is to be logged, if anything.
    pub fn log(&self) -> Option<String> {
        self.0.log().map(|log| log.to_string())
    }

    /// Whether what is logged is a warning.
    pub fn is_warning(&self) -> bool {
        self.0.log().is_some_and(StatusLog::is_warning)
    }
}

/// The path that a page judges.
#[wasm_bindgen]
pub fn path_to_judge(sent: &str, routed: &str) -> String {
    judged_path(sent, routed).into()
}

/// The names of the headers that matter, a line each.
#[wasm_bindgen]
pub fn status_header_names() -> String {
    StatusPage::HEADERS.join("\n")
}

/// The largest body that a page takes, in bytes.
#[wasm_bindgen]
pub fn status_body_limit() -> usize {
    BODY_LIMIT
}
