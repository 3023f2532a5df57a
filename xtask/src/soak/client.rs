//! A sender: it sends everything of everything in turn, and judges each answer.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::connection::Connection;
use super::fixtures::REQUESTS_OF_A_CALLER;
use super::tally::Tally;
use super::traffic::{DUPLICATE, HANDLED, IGNORED, IN_PROGRESS, LIMITED, Outgoing, Traffic};
use crate::demo::http::Answer;

/// A caller that has called too often.
const LOUD: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
/// Every other caller calls once. The addresses begin here.
const CALLERS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 0);
/// How many events a client could send again: few enough to be among those that stores remember.
const RECENT: usize = 64;
/// A client that has seen so many wrong answers has seen enough.
const ENOUGH: usize = 20;

/// What each client does in turn.
#[derive(Clone, Copy)]
enum Step {
    /// A new event.
    Good,
    /// A new event over two connections at the same moment.
    Twice,
    /// An event that was handled a while ago.
    Again,
    /// A new event whose handler fails, which is no reason to remember it.
    Failing,
    Ignored,
    /// A new event of a caller that called too often.
    Limited,
    Refused,
}

const STEPS: [Step; 20] = {
    use Step::{Again, Failing, Good, Ignored, Limited, Refused, Twice};
    [
        Good, Refused, Good, Again, Refused, Good, Twice, Refused, Good, Limited, Refused, Good,
        Failing, Refused, Good, Again, Ignored, Good, Refused, Refused,
    ]
};

/// What all clients of a server share.
pub(super) struct Shared {
    pub(super) server: SocketAddr,
    pub(super) traffic: Traffic,
    events: AtomicU64,
    callers: AtomicU32,
}

impl Shared {
    pub(super) fn new(server: SocketAddr) -> Result<Self> {
        Ok(Self {
            server,
            traffic: Traffic::new()?,
            events: AtomicU64::new(0),
            callers: AtomicU32::new(0),
        })
    }

    pub(super) fn callers(&self) -> u32 {
        self.callers.load(Ordering::Relaxed)
    }

    /// Makes the loud caller loud.
    pub(super) fn use_up_the_limit(&self, endpoint: &str) -> Result<()> {
        let mut connection = Connection::new(self.server);
        for _ in 0..REQUESTS_OF_A_CALLER {
            let request = self.traffic.ignored.to_bytes(endpoint, LOUD);
            let answer = connection.exchange(&request)?;
            let verdict = (answer.status, answer.said());
            ensure!(verdict == IGNORED, "the first answers are {verdict:?}");
        }
        Ok(())
    }

    fn next_event(&self) -> u64 {
        self.events.fetch_add(1, Ordering::Relaxed)
    }

    fn next_caller(&self) -> Ipv4Addr {
        let number = self.callers.fetch_add(1, Ordering::Relaxed);
        Ipv4Addr::from(u32::from(CALLERS).wrapping_add(number))
    }
}

pub(super) struct Client<'a> {
    shared: &'a Shared,
    endpoint: &'static str,
    connections: [Connection; 2],
    recent: VecDeque<Outgoing>,
    step: usize,
    refused: usize,
    tally: Tally,
}

impl<'a> Client<'a> {
    pub(super) fn new(shared: &'a Shared, endpoint: &'static str, number: usize) -> Self {
        Self {
            shared,
            endpoint,
            connections: [(); 2].map(|()| Connection::new(shared.server)),
            recent: VecDeque::new(),
            // Clients are not all at the same step.
            step: number * 7,
            refused: number * 5,
            tally: Tally::default(),
        }
    }

    /// Sends until it is time, or until enough is wrong.
    pub(super) fn run(mut self, is_time: impl Fn() -> bool) -> Result<Tally> {
        while !is_time() && self.tally.wrong.len() < ENOUGH {
            let step = STEPS[self.step % STEPS.len()];
            self.step += 1;
            self.take(step)?;
        }
        self.tally.resent = self.connections.iter().map(|one| one.resent).sum();
        Ok(self.tally)
    }

    fn take(&mut self, step: Step) -> Result<()> {
        let shared = self.shared;
        let traffic = &shared.traffic;
        match step {
            Step::Good => {
                let number = shared.next_event();
                let event = traffic.good(number)?;
                if self.send(&event, shared.next_caller()) {
                    self.tally.acknowledged.push(number);
                    self.remember(event);
                }
            }
            Step::Twice => {
                let number = shared.next_event();
                let event = traffic.good(number)?;
                if self.send_twice(&event)? {
                    self.tally.acknowledged.push(number);
                    self.remember(event);
                }
            }
            Step::Again => {
                // Nothing is known of a first event yet.
                if let Some(mut event) = self.recent.pop_front() {
                    event.expected = DUPLICATE;
                    self.send(&event, shared.next_caller());
                }
            }
            Step::Failing => {
                let event = traffic.failing(shared.next_event())?;
                for _ in 0..2 {
                    self.send(&event, shared.next_caller());
                }
            }
            Step::Ignored => {
                self.send(&traffic.ignored, shared.next_caller());
            }
            Step::Limited => {
                let mut event = traffic.good(shared.next_event())?;
                event.expected = LIMITED;
                self.send(&event, LOUD);
            }
            Step::Refused => {
                let refused = &traffic.refused[self.refused % traffic.refused.len()];
                self.refused += 1;
                self.send(refused, shared.next_caller());
            }
        }
        Ok(())
    }

    fn remember(&mut self, event: Outgoing) {
        self.recent.push_back(event);
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    /// Whether the answer is as expected.
    fn send(&mut self, outgoing: &Outgoing, caller: Ipv4Addr) -> bool {
        let request = outgoing.to_bytes(self.endpoint, caller);
        let start = Instant::now();
        let answer = self.connections[0].exchange(&request);
        self.tally.took(start.elapsed());
        self.tally.judge(&answer, &[outgoing.expected]).is_some()
    }

    /// Over two connections at the same moment. Whether one was handled and the other not.
    fn send_twice(&mut self, event: &Outgoing) -> Result<bool> {
        let requests = [(); 2].map(|()| event.to_bytes(self.endpoint, self.shared.next_caller()));
        let start = Instant::now();
        // A request begins to count with its last byte, so the last bytes go out together.
        for (connection, request) in self.connections.iter_mut().zip(&requests) {
            connection.begin(&request[..request.len() - 1])?;
        }
        for (connection, request) in self.connections.iter_mut().zip(&requests) {
            connection.write(&request[request.len() - 1..])?;
        }
        let answers = self.connections.each_mut().map(Connection::answer);
        let mut handled = 0;
        for ((answer, connection), request) in answers
            .into_iter()
            .zip(&mut self.connections)
            .zip(&requests)
        {
            let answer = answered(answer, connection, request);
            self.tally.took(start.elapsed());
            let expected = [HANDLED, DUPLICATE, IN_PROGRESS];
            let verdict = self.tally.judge(&answer, &expected);
            handled += usize::from(verdict == Some(HANDLED));
        }
        if handled != 1 {
            let text = format!("of one event twice at once {handled} were handled");
            self.tally.wrong.push(text);
        }
        Ok(handled == 1)
    }
}

/// The answer, to a request that is sent again if the server had ended the connection.
fn answered(
    answer: Result<Option<Answer>>,
    connection: &mut Connection,
    request: &[u8],
) -> Result<Answer> {
    match answer? {
        Some(answer) => Ok(answer),
        None => {
            connection.resent += 1;
            connection.exchange(request).context("sent again")
        }
    }
}
