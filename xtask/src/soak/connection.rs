//! A connection that is kept alive.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::demo::http::{Answer, read};

const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Connection {
    server: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    /// How often a server had ended a connection when a request came.
    pub(super) resent: u64,
}

impl Connection {
    pub(super) fn new(server: SocketAddr) -> Self {
        Self {
            server,
            stream: None,
            resent: 0,
        }
    }

    /// Sends a request and reads its answer.
    pub(super) fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        let is_kept = self.stream.is_some();
        let (beginning, end) = request.split_at(request.len() - 1);
        self.begin(beginning)?;
        match self.finish(end)? {
            Some(answer) => Ok(answer),
            None if is_kept => {
                self.resent += 1;
                self.exchange(request)
            }
            None => bail!("the server ended a new connection without an answer"),
        }
    }

    /// Sends the first part of a request.
    pub(super) fn begin(&mut self, part: &[u8]) -> Result<()> {
        if self.stream.is_none() {
            let stream = TcpStream::connect_timeout(&self.server, PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            self.stream = Some(BufReader::new(stream));
        }
        self.write(part)
    }

    /// Sends the last part of a request.
    pub(super) fn write(&mut self, part: &[u8]) -> Result<()> {
        let stream = self.stream.as_mut().context("there is no connection")?;
        match stream.get_mut().write_all(part) {
            // The answer to what was sent before may be there to be read.
            Err(error) if has_ended(error.kind()) => Ok(()),
            written => Ok(written?),
        }
    }

    fn finish(&mut self, part: &[u8]) -> Result<Option<Answer>> {
        self.write(part)?;
        self.answer()
    }

    /// Reads an answer; `None` if the server has ended the connection before it.
    pub(super) fn answer(&mut self) -> Result<Option<Answer>> {
        let mut stream = self.stream.take().context("there is no connection")?;
        match stream.fill_buf() {
            Ok([]) => return Ok(None),
            Err(error) if has_ended(error.kind()) => return Ok(None),
            begun => drop(begun?),
        }
        let answer = read(&mut stream)?;
        if !answer.closes {
            self.stream = Some(stream);
        }
        Ok(Some(answer))
    }
}

fn has_ended(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted
    )
}
