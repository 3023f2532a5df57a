//! A server of HTTP/1.1 that keeps requests as they come.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// The longest that a request may let wait for itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The value of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Receiver {
    address: SocketAddr,
    received: mpsc::UnboundedReceiver<Result<Received>>,
}

impl Receiver {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (note, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let note = note.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &note).await {
                        // If nobody listens any more, the program has ended.
                        let _ = note.send(Err(error));
                    }
                });
            }
        });
        Ok(Self { address, received })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) async fn next(&mut self) -> Result<Received> {
        let next = tokio::time::timeout(PATIENCE, self.received.recv()).await;
        next.context("no request came")?
            .context("the receiver has ended")?
    }

    /// Fails if a request is there that was not taken.
    pub(crate) fn ensure_empty(&mut self) -> Result<()> {
        match self.received.try_recv() {
            Err(_) => Ok(()),
            Ok(request) => bail!("one request more came: {:?}", request?.headers),
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    note: &mpsc::UnboundedSender<Result<Received>>,
) -> Result<()> {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await? {
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
        if note.send(Ok(request)).is_err() {
            break;
        }
    }
    Ok(())
}

/// The next request; `None` if the connection ends before it.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<Received>> {
    loop {
        if let Some((request, length)) = split(buffer)? {
            buffer.drain(..length);
            return Ok(Some(request));
        }
        if stream.read_buf(buffer).await? == 0 {
            return match buffer.is_empty() {
                true => Ok(None),
                false => bail!("a request was cut off"),
            };
        }
    }
}

/// The request that the bytes begin with, and how long it is, once it is whole.
fn split(bytes: &[u8]) -> Result<Option<(Received, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let headers = head.split("\r\n").skip(1).map(|line| {
        let (name, value) = line.split_once(": ").context("a header has no value")?;
        Ok((name.to_owned(), value.to_owned()))
    });
    let mut received = Received {
        headers: headers.collect::<Result<_>>()?,
        body: Vec::new(),
    };
    let length = received.header("content-length");
    let length: usize = length.context("the length is missing")?.parse()?;
    let end = end + 4;
    let Some(body) = bytes.get(end..end + length) else {
        return Ok(None);
    };
    received.body = body.to_vec();
    Ok(Some((received, end + length)))
}
