//! A receiver that notes what it gets.
#![allow(dead_code, reason = "each of the tests needs some of it")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.as_str())
    }

    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id").unwrap_or_default()
    }
}

/// What is answered, and how long it takes.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: String,
    body: String,
    delay: Duration,
    /// Instead of an answer; the connection is then closed.
    raw: Option<&'static [u8]>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: String::new(),
            body: String::new(),
            delay: Duration::ZERO,
            raw: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// These bytes, and the end of the connection.
    pub(crate) fn raw(bytes: &'static [u8]) -> Self {
        Self {
            raw: Some(bytes),
            ..Self::status(0)
        }
    }
}

/// By the request and its number from 0.
type Answering = dyn Fn(&Received, usize) -> Reply + Send + Sync;

/// A server of HTTP/1.1 on loopback.
pub(crate) struct Receiver {
    address: SocketAddr,
    noted: Arc<Noted>,
}

struct Noted {
    answer: Box<Answering>,
    received: Mutex<Vec<Received>>,
    /// How many requests of each path are under way, and the most that were.
    under_way: Mutex<HashMap<String, [isize; 2]>>,
}

impl Receiver {
    /// One that answers as the function says.
    pub(crate) async fn new(
        answer: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let noted = Arc::new(Noted {
            answer: Box::new(answer),
            received: Mutex::default(),
            under_way: Mutex::default(),
        });
        let serving = noted.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, serving.clone()));
            }
        });
        Self { address, noted }
    }

    /// One that answers this status.
    pub(crate) async fn answering(status: u16) -> Self {
        Self::new(move |_, _| Reply::status(status)).await
    }

    pub(crate) async fn ok() -> Self {
        Self::answering(204).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub(crate) fn count(&self) -> usize {
        self.noted.received.lock().unwrap().len()
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.noted.received.lock().unwrap().clone()
    }

    /// The ids in the order in which they came.
    pub(crate) fn ids(&self) -> Vec<String> {
        let received = self.noted.received.lock().unwrap();
        received.iter().map(|it| it.id().to_owned()).collect()
    }

    /// The most requests that were under way at a time.
    pub(crate) fn most_under_way(&self, path: &str) -> isize {
        let under_way = self.noted.under_way.lock().unwrap();
        under_way
            .get(&format!("/{path}"))
            .map_or(0, |[_, most]| *most)
    }
}

impl Noted {
    fn count(&self, path: &str, more: isize) {
        let mut under_way = self.under_way.lock().unwrap();
        let [now, most] = under_way.entry(path.to_owned()).or_default();
        *now += more;
        *most = (*most).max(*now);
    }
}

async fn serve(mut stream: TcpStream, noted: Arc<Noted>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer).await {
        let number = {
            let mut received = noted.received.lock().unwrap();
            received.push(request.clone());
            received.len() - 1
        };
        noted.count(&request.path, 1);
        let reply = (noted.answer)(&request, number);
        if !reply.delay.is_zero() {
            tokio::time::sleep(reply.delay).await;
        }
        noted.count(&request.path, -1);
        let answer = match reply.raw {
            Some(raw) => raw.to_vec(),
            None => format!(
                "HTTP/1.1 {} Word\r\ncontent-length: {}\r\n{}\r\n{}",
                reply.status,
                reply.body.len(),
                reply.headers,
                reply.body
            )
            .into_bytes(),
        };
        if stream.write_all(&answer).await.is_err() || reply.raw.is_some() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Received> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            let mut lines = head.split("\r\n");
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let headers: Vec<_> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
            if buffer.len() >= end + 4 + length {
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Some(Received {
                    path,
                    headers,
                    body,
                    at: Instant::now(),
                });
            }
        }
        let mut piece = [0; 16_384];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&piece[..count]),
        }
    }
}
