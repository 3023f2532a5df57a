//! HTTP by hand: it sends what it is given, also what a proper client would not.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::delivery::Sent;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// In seconds.
    pub(crate) retry_after: Option<u64>,
    /// The server takes no further request over this connection.
    pub(crate) closes: bool,
}

impl Answer {
    /// Its code, or its status in words.
    pub(crate) fn said(&self) -> &str {
        let said = self.body["error"].as_str();
        said.or(self.body["status"].as_str()).unwrap_or("nothing")
    }
}

pub(super) fn post(server: SocketAddr, path: &str, sent: &Sent) -> Result<Answer> {
    let length = sent.body.len().to_string().into_bytes();
    let own = [
        ("content-type".to_owned(), b"application/json".to_vec()),
        ("content-length".to_owned(), length),
    ];
    exchange(
        server,
        "POST",
        path,
        own.iter().chain(&sent.headers),
        &sent.body,
    )
}

pub(super) fn get(server: SocketAddr, path: &str, token: &str) -> Result<Answer> {
    let token = format!("Bearer {token}").into_bytes();
    let headers = [("authorization".to_owned(), token)];
    exchange(server, "GET", path, headers.iter(), b"")
}

fn exchange<'a>(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: impl Iterator<Item = &'a (String, Vec<u8>)>,
    body: &[u8],
) -> Result<Answer> {
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n").into_bytes();
    for (name, value) in headers {
        request.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    request.extend(b"\r\n");
    request.extend(body);

    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&request)?;
    read(&mut BufReader::new(stream)).with_context(|| format!("{method} {path}"))
}

/// Reads one answer. Not to the end of the connection: workerd keeps it open.
pub(crate) fn read(stream: &mut impl BufRead) -> Result<Answer> {
    let status_line = read_line(stream)?;
    let status = status_line.split(' ').nth(1);
    let status = status.context("there is no status")?.parse()?;

    let mut length = None;
    let mut is_chunked = false;
    let mut retry_after = None;
    let mut closes = false;
    loop {
        let line = read_line(stream)?.to_ascii_lowercase();
        match line.split_once(':') {
            None => break,
            Some(("content-length", value)) => length = Some(value.trim().parse()?),
            Some(("transfer-encoding", value)) => is_chunked = value.trim() == "chunked",
            Some(("retry-after", value)) => retry_after = Some(value.trim().parse()?),
            Some(("connection", value)) => closes = value.trim() == "close",
            Some(_) => {}
        }
    }
    let body = match (length, is_chunked) {
        (Some(length), false) => read_exactly(stream, length)?,
        (None, true) => read_chunks(stream)?,
        _ => bail!("the answer's body has no clear end"),
    };
    let json = serde_json::from_slice(&body)
        .with_context(|| format!("{} is not JSON", String::from_utf8_lossy(&body)))?;
    Ok(Answer {
        status,
        body: json,
        retry_after,
        closes,
    })
}

fn read_chunks(stream: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(&read_line(stream)?, 16)?;
        body.extend(read_exactly(stream, size)?);
        read_line(stream)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn read_exactly(stream: &mut impl BufRead, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
