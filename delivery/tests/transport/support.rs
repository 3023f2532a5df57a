//! Servers, resolvers and requests for the other modules.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use countersign::{Destination, DestinationRules, Network};
use countersign_delivery::transport::{
    Answer, Attempt, ErrorClass, Request, Resolve, Resolving, Timeouts, Transport,
    TransportSettings,
};
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a patient endpoint answers.
pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// How long is waited for what must not happen.
const SILENCE: Duration = Duration::from_millis(50);

/// A listener, its connections counted and handled.
pub(crate) struct Server {
    pub(crate) port: u16,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) async fn stays_silent(&self) {
        tokio::time::sleep(SILENCE).await;
        assert_eq!(self.connections(), 0, "a connection was made");
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/in", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn serve<F, H>(address: &str, handle: F) -> Server
where
    F: Fn(TcpStream) -> H + Send + 'static,
    H: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let task = tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(handle(socket));
        }
    });
    Server {
        port,
        connections,
        task,
    }
}

/// Answers every request on a connection with these bytes.
pub(crate) async fn answering(answer: impl Into<Bytes>) -> Server {
    let answer = answer.into();
    serve("127.0.0.1:0", move |mut socket| {
        let answer = answer.clone();
        async move {
            while read_request(&mut socket).await.is_some() {
                // The client may have seen enough.
                if socket.write_all(&answer).await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// Reads a request, and then does this with the connection.
pub(crate) async fn after_request<F, H>(handle: F) -> Server
where
    F: Fn(TcpStream) -> H + Send + Sync + Clone + 'static,
    H: Future<Output = ()> + Send + 'static,
{
    serve("127.0.0.1:0", move |mut socket| {
        let handle = handle.clone();
        async move {
            if read_request(&mut socket).await.is_some() {
                handle(socket).await;
            }
        }
    })
    .await
}

/// Head and body of the next request; none if the client closed.
pub(crate) async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let length = lines.find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        let mut piece = [0; 4096];
        match socket.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

/// A resolver that gives one answer after the other, the last one for ever.
#[derive(Debug)]
pub(crate) struct Answers {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Answers {
    pub(crate) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let addresses = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let answers = answers.iter().map(addresses).rev().collect();
        Arc::new(Self {
            answers: Mutex::new(answers),
            asked: AtomicUsize::new(0),
        })
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolve for Answers {
    fn resolve(&self, _: &str) -> Resolving {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop().unwrap(),
        };
        Box::pin(async { Ok(answer) })
    }
}

/// A resolver that fails, or never answers.
pub(crate) struct Broken {
    pub(crate) hangs: bool,
}

impl Resolve for Broken {
    fn resolve(&self, _: &str) -> Resolving {
        let hangs = self.hangs;
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            Err(io::Error::other("no such host"))
        })
    }
}

pub(crate) fn transport() -> Transport {
    Transport::new(TransportSettings::new()).unwrap()
}

pub(crate) fn resolving_with(resolver: impl Resolve) -> Transport {
    Transport::new(TransportSettings::new().resolver(resolver)).unwrap()
}

pub(crate) fn networks(texts: &[&str]) -> Vec<Network> {
    let networks = texts.iter().map(|text| Network::parse(text).unwrap());
    networks.collect()
}

/// HTTP and the one address that most servers here have.
pub(crate) fn local() -> DestinationRules {
    let rules = DestinationRules::new().allow_http(true);
    rules.allow(networks(&["127.0.0.1"]))
}

/// HTTP and every address there is, metadata services by name.
pub(crate) fn everything() -> DestinationRules {
    const ALL: [&str; 15] = [
        "0.0.0.0/0",
        "::/0",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "169.254.0.23",
        "169.254.42.42",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
        "::169.254.169.254",
    ];
    let rules = DestinationRules::new().allow_http(true);
    rules.allow(networks(&ALL))
}

/// So long that no slow machine reaches it in a test that does not wait for it.
pub(crate) fn patient() -> Timeouts {
    Timeouts::default()
}

/// Timeouts of which one is reached soon.
pub(crate) fn impatient(part: &str) -> Timeouts {
    let mut timeouts = Timeouts::default();
    let soon = Duration::from_millis(150);
    match part {
        "connect" => timeouts.connect = soon,
        "first_byte" => timeouts.first_byte = soon,
        "total" => timeouts.total = soon,
        other => panic!("there is no timeout {other}"),
    }
    timeouts
}

pub(crate) async fn post(transport: &Transport, url: &str, rules: &DestinationRules) -> Attempt {
    post_within(transport, url, rules, patient()).await
}

pub(crate) async fn post_within(
    transport: &Transport,
    url: &str,
    rules: &DestinationRules,
    timeouts: Timeouts,
) -> Attempt {
    let destination = Destination::parse(url, &everything()).unwrap();
    let body = Bytes::from_static(b"{\"id\":7}");
    let mut request = Request::new(&destination, rules, HeaderMap::new(), body);
    request.timeouts = timeouts;
    transport.attempt(request).await
}

/// The answer of a server at 127.0.0.1.
pub(crate) async fn answer_of(server: &Server) -> Answer {
    let attempt = post(&transport(), &server.url(), &local()).await;
    attempt.outcome.unwrap()
}

#[track_caller]
pub(crate) fn class_of(attempt: &Attempt) -> ErrorClass {
    attempt.outcome.as_ref().unwrap_err().class
}
