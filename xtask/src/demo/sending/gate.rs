//! The way to a receiver, on which requests fail: a proxy that the sender takes for the receiver.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use socket2::SockRef;

use super::super::delivery::Sent;
use super::super::http::{self, Answer};
use super::failure::Failure;

/// Longer than the sender waits.
const SILENCE: Duration = Duration::from_secs(30);
/// A receiver that takes longer may be too late for the sender, who gives up after twice this time.
const LATE: Duration = Duration::from_secs(1);
/// What concerns one connection alone, or is written anew.
const NOT_PASSED_ON: [&str; 6] = [
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
];

/// It works until the demo's process ends.
pub(super) struct Gate {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

/// What a gate has seen.
#[derive(Default)]
pub(super) struct Book {
    /// By the id of the message.
    requests: BTreeMap<String, u64>,
    failures: BTreeMap<Failure, usize>,
    /// How many requests the receiver was handed.
    pub(super) passed_on: usize,
    /// The ids that the receiver answered as handled.
    pub(super) handled: BTreeSet<String>,
    /// How often it answered that it had handled a message before.
    pub(super) duplicates: usize,
    /// How many of its answers were late, so that they may be as good as lost.
    pub(super) late: usize,
    /// What else it answered, and why it did not.
    pub(super) surprises: Vec<String>,
}

impl Book {
    /// How many requests failed in this way.
    pub(super) fn failed(&self, failure: Failure) -> usize {
        self.failures.get(&failure).copied().unwrap_or_default()
    }
}

struct State {
    receiver: SocketAddr,
    seed: u64,
    fails: AtomicBool,
    book: Mutex<Book>,
}

struct Request {
    path: String,
    id: String,
    sent: Sent,
}

impl Gate {
    /// Opens a gate before a receiver.
    pub(super) fn open(receiver: SocketAddr, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            receiver,
            seed,
            fails: AtomicBool::new(true),
            book: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // An error is the end of a connection: the sender was killed, or gave up.
                thread::spawn(move || state.serve(stream));
            }
        });
        Ok(Self { address, state })
    }

    /// From now on every request reaches the receiver, and its answer the sender.
    pub(super) fn stop_failing(&self) {
        self.state.fails.store(false, Ordering::SeqCst);
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.state.book()
    }
}

impl State {
    fn book(&self) -> MutexGuard<'_, Book> {
        // Whoever panicked with it has left it whole: nothing in it depends on anything else.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        while let Some(request) = read(&mut reader)? {
            let answer = match self.failure(&request.id) {
                None => self.pass_on(&request),
                Some(Failure::Broken) => refusal(500, None),
                Some(Failure::Down) => refusal(503, None),
                Some(Failure::Busy) => refusal(429, Some(1)),
                Some(Failure::Rejected) => refusal(400, None),
                Some(Failure::Silent) => {
                    thread::sleep(SILENCE);
                    return Ok(());
                }
                Some(Failure::Reset) => return reset(&stream),
                Some(Failure::AnswerLost) => {
                    self.pass_on(&request);
                    return reset(&stream);
                }
            };
            stream.write_all(answer.as_bytes())?;
        }
        Ok(())
    }

    fn failure(&self, id: &str) -> Option<Failure> {
        let mut book = self.book();
        let attempt = book.requests.entry(id.to_owned()).or_default();
        *attempt += 1;
        let failure = Failure::of(self.seed, id, *attempt);
        let failure = failure.filter(|_| self.fails.load(Ordering::SeqCst))?;
        *book.failures.entry(failure).or_default() += 1;
        Some(failure)
    }

    /// The receiver's answer.
    fn pass_on(&self, request: &Request) -> String {
        let begin = Instant::now();
        let answer = http::post(self.receiver, &request.path, &request.sent);
        let mut book = self.book();
        book.passed_on += 1;
        book.late += usize::from(begin.elapsed() > LATE);
        match answer {
            Ok(answer) => {
                match (answer.status, answer.said()) {
                    (200, "handled") => {
                        book.handled.insert(request.id.clone());
                    }
                    (200, "duplicate") => book.duplicates += 1,
                    // The request of a sender that was killed is still at work.
                    (409, "event_in_progress") => {}
                    (status, said) => {
                        let surprise = format!("{} was answered {status} {said}", request.id);
                        book.surprises.push(surprise);
                    }
                }
                as_text(&answer)
            }
            Err(error) => {
                let surprise = format!("{} was not answered: {error:#}", request.id);
                book.surprises.push(surprise);
                refusal(502, None)
            }
        }
    }
}

/// `None` at the end of the connection.
fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut request = Request {
        path,
        id: String::new(),
        sent: Sent {
            headers: Vec::new(),
            body: Vec::new(),
        },
    };
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match &*name.to_ascii_lowercase() {
            "content-length" => length = value.parse().map_err(io::Error::other)?,
            "webhook-id" => value.clone_into(&mut request.id),
            _ => {}
        }
        if !NOT_PASSED_ON.contains(&&*name.to_ascii_lowercase()) {
            let header = (name.to_owned(), value.into());
            request.sent.headers.push(header);
        }
    }
    request.sent.body.resize(length, 0);
    reader.read_exact(&mut request.sent.body)?;
    Ok(Some(request))
}

fn refusal(status: u16, retry_after: Option<u64>) -> String {
    as_text(&Answer {
        status,
        body: "the demo refused this".into(),
        retry_after,
        closes: false,
    })
}

fn as_text(answer: &Answer) -> String {
    let body = answer.body.to_string();
    let retry_after = answer
        .retry_after
        .map_or_else(String::new, |seconds| format!("retry-after: {seconds}\r\n"));
    format!(
        "HTTP/1.1 {} Demo\r\n{retry_after}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        answer.status,
        body.len()
    )
}

/// The next thing that the sender hears is a reset, not a proper end.
fn reset(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}
