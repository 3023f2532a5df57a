//! The sender: what a program says it wants to tell.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign::sql::outbox;
use countersign::{DeliveryError, Error, UnixTime};
use countersign_database::{
    Answered, Database, Done, Kind, Next, Purpose, Row, Statement, Value, Work,
};

use crate::dispatcher::Signals;
use crate::endpoint::Endpoint;
use crate::message::{Finished, Message};
use crate::observers::Observers;
use crate::outbox::{endpoint_statements, unreadable};
use crate::settings::SenderOptions;
use crate::transport::Transport;

/// Sends webhooks: it stores them in an outbox, and its [dispatcher](Self::start) delivers them.
/// Clones share it.
///
/// Programs that only send need no dispatcher of their own if another process on the same database
/// has one.
///
/// ```no_run
/// use countersign_delivery::{Endpoint, Message, SenderOptions};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let sender = SenderOptions::new().open_sqlite("outbox.db")?;
/// let dispatcher = sender.start()?;
///
/// let endpoint = Endpoint::new("customer-7", "https://customer.example/webhooks");
/// sender.put_endpoint(&endpoint.secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).await?;
/// let message = Message::new("invoice.paid", &serde_json::json!({"id": 7}))?;
/// let sent = sender.send("customer-7", &message).await?;
/// println!("{} is on its way", sent.id);
///
/// dispatcher.stop(std::time::Duration::from_secs(30)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sender {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) database: Box<dyn Database>,
    pub(crate) transport: Transport,
    pub(crate) signals: Signals,
    pub(crate) options: SenderOptions,
    pub(crate) observers: Observers,
    /// The latest time that the database told.
    pub(crate) latest: AtomicI64,
    #[cfg(feature = "postgres")]
    pub(crate) postgres: Option<countersign_database::postgres::PostgresDatabase>,
}

/// What became of a call to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The message's id: that of the first call, if its idempotency key was used before.
    pub id: String,
    /// Whether this call did something; `false` if the message of its id or key was there, and went
    /// to this endpoint, or to all that want it, before.
    pub is_new: bool,
}

impl Sender {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Stores a message for one endpoint, and returns once that is committed.
    ///
    /// `to` is the id of an endpoint, or a URL (`https://...`): one that is not registered is, with
    /// the URL as its id, for the sender's own scheme and secrets.
    ///
    /// # Errors
    /// `unknown_endpoint`, `malformed_message`, `schema_mismatch`, `outbox_unavailable`; for a URL that is not registered
    /// also `malformed_url`, `insecure_url`, `forbidden_destination`, and `no_secrets` if the sender
    /// has none.
    pub async fn send(&self, to: &str, message: &Message) -> Result<Sent, Error> {
        let sent = self
            .store(vec![self.statements(Addressee::One(to), message)?])
            .await?;
        let first = sent.into_iter().next();
        first.unwrap_or(Err(DeliveryError::UnknownEndpoint.into()))
    }

    /// Stores a message for every endpoint of its [owner](Message::owner) that wants its type and is
    /// not disabled, and returns once that is committed.
    ///
    /// # Errors
    /// `malformed_message`, `schema_mismatch`, `outbox_unavailable`.
    pub async fn publish(&self, message: &Message) -> Result<Sent, Error> {
        let sent = self
            .store(vec![self.statements(Addressee::Everyone, message)?])
            .await?;
        let first = sent.into_iter().next();
        first.unwrap_or(Err(DeliveryError::OutboxUnavailable.into()))
    }

    /// Stores messages for one endpoint each, all or none of them in one commit; an answer for each.
    /// One that is addressed to nobody keeps none of the others back.
    ///
    /// # Errors
    /// `malformed_message`, `schema_mismatch`, `outbox_unavailable`: none is stored. Within the answers
    /// `unknown_endpoint` and the errors of a URL.
    pub async fn send_many<'a>(
        &self,
        messages: impl IntoIterator<Item = (&'a str, &'a Message)>,
    ) -> Result<Vec<Result<Sent, Error>>, Error> {
        let messages = messages.into_iter();
        let messages = messages.map(|(to, message)| self.statements(Addressee::One(to), message));
        self.store(messages.collect::<Result<_, _>>()?).await
    }

    /// Stores what these statements send, each of a message.
    async fn store(&self, messages: Vec<Sending>) -> Result<Vec<Result<Sent, Error>>, Error> {
        let mut ends = Vec::with_capacity(messages.len());
        let mut refusals = Vec::with_capacity(messages.len());
        let mut statements = Vec::with_capacity(messages.len() * 3);
        for message in messages {
            statements.extend(message.statements);
            ends.push(statements.len());
            refusals.push(message.refusal);
        }
        let mut work = Work::new(Purpose::Store, statements);
        if self.shared.is_on_postgres() {
            let ends = ends.clone();
            work = work.then(move |_, answers| notification(answers, &ends));
        }
        let done = self.run(work).await?;
        let sent = ends.into_iter().zip(refusals).map(|(end, refusal)| {
            let sent = what_became(&done.answers[end - 3..end])?;
            let (sent, endpoints) = sent.ok_or(refusal)?;
            self.shared.signals.sent(endpoints.into_iter());
            Ok(sent)
        });
        Ok(sent.collect())
    }

    /// What sends a message.
    pub(crate) fn statements(
        &self,
        to: Addressee<'_>,
        message: &Message,
    ) -> Result<Sending, Error> {
        let finished = message.finish(self.now(), self.shared.options.payload_limit)?;
        #[cfg(feature = "schema")]
        self.shared
            .options
            .schemas
            .check(finished.event_type, &finished.payload)?;
        let mut refusal = DeliveryError::UnknownEndpoint.into();
        let statements = match to {
            Addressee::Everyone => publication(&finished),
            Addressee::One(to) => {
                let mut statements = Vec::with_capacity(4);
                if is_url(to) {
                    match self.registration(to) {
                        Ok(registration) => statements.push(registration),
                        // One that is registered has rules and secrets of its own.
                        Err(error) => refusal = error,
                    }
                }
                statements.extend(delivery(to, &finished));
                statements
            }
        };
        Ok(Sending {
            statements,
            refusal,
        })
    }

    /// What registers a URL that is not.
    fn registration(&self, url: &str) -> Result<Statement, Error> {
        let endpoint = Endpoint::new(url, url);
        self.check(&endpoint)?;
        let row = self.endpoint_values(&endpoint)?;
        Ok(Statement::new(Kind::Change, outbox::ADD_ENDPOINT, row))
    }

    /// Registers an endpoint, or changes the one of its id. Its health stays, and what waits for it
    /// is sent as it now wants.
    ///
    /// # Errors
    /// What is wrong with it: `malformed_message` (names, numbers, headers), `malformed_pattern`,
    /// `malformed_network`, `malformed_url`, `insecure_url`, `forbidden_destination`,
    /// `unknown_scheme`, `malformed_scheme` (of one with its signature in the body), `no_secrets`,
    /// `malformed_secret`, `empty_secret`; and `outbox_unavailable`.
    pub async fn put_endpoint(&self, endpoint: &Endpoint) -> Result<(), Error> {
        self.check(endpoint)?;
        let row = self.endpoint_values(endpoint)?;
        self.run(Work::new(
            Purpose::Store,
            endpoint_statements(endpoint, row),
        ))
        .await?;
        self.shared.signals.look();
        Ok(())
    }

    pub(crate) async fn run(&self, work: Work) -> Result<Done, DeliveryError> {
        self.shared.run(work).await
    }

    pub(crate) fn now(&self) -> UnixTime {
        (self.shared.options.clock)()
    }
}

impl Shared {
    pub(crate) fn is_on_postgres(&self) -> bool {
        #[cfg(feature = "postgres")]
        return self.postgres.is_some();
        #[cfg(not(feature = "postgres"))]
        false
    }

    pub(crate) async fn run(&self, work: Work) -> Result<Done, DeliveryError> {
        let done = self.database.run(work).await;
        let done = done.map_err(|_| DeliveryError::OutboxUnavailable)?;
        self.latest.fetch_max(done.now, Ordering::Relaxed);
        Ok(done)
    }

    /// Whether the database told a much later time before.
    pub(crate) fn was_later(&self, now: i64) -> bool {
        // What is told at the same time may be heard in another order.
        now.saturating_add(1_000) < self.latest.swap(now, Ordering::Relaxed)
    }

    /// The rows of one statement.
    pub(crate) async fn read(
        &self,
        text: impl Into<Cow<'static, str>>,
        values: impl Into<Vec<Value>>,
    ) -> Result<Vec<Row>, DeliveryError> {
        let statement = Statement::new(Kind::Rows, text, values);
        let mut done = self.run(Work::new(Purpose::Read, vec![statement])).await?;
        Ok(done
            .answers
            .pop()
            .map_or_else(Vec::new, |answer| answer.rows))
    }

    /// How many rows one statement changes.
    pub(crate) async fn change(
        &self,
        purpose: Purpose,
        text: &'static str,
        values: impl Into<Vec<Value>>,
    ) -> Result<u64, DeliveryError> {
        let statement = Statement::new(Kind::Change, text, values);
        Ok(self
            .run(Work::new(purpose, vec![statement]))
            .await?
            .changed(0))
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// What sends a message.
pub(crate) struct Sending {
    /// The last three are what [`what_became`] reads.
    pub(crate) statements: Vec<Statement>,
    /// Why it is not sent, if there is no such endpoint.
    pub(crate) refusal: Error,
}

/// Whom a message is for.
pub(crate) enum Addressee<'a> {
    One(&'a str),
    Everyone,
}

/// Tells the dispatchers of other processes: a list of endpoints' numbers, empty for any.
pub(crate) const NOTIFY: &str = "SELECT pg_notify('countersign_outbox', ?)";
/// The longest notification, in bytes; PostgreSQL takes 8,000.
const LONGEST_NOTIFICATION: usize = 7_000;

/// What became of a message by the answers to its three statements: what was sent, and the endpoints
/// for which it is due now; `None` if it is addressed to nobody.
pub(crate) fn what_became(answers: &[Answered]) -> Result<Option<(Sent, Vec<i64>)>, DeliveryError> {
    let rows = &answers[2].rows;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let is_new = answers[0].changed > 0 || answers[1].changed > 0;
    let endpoints = match is_new {
        true => rows
            .iter()
            .filter_map(|row| row.integer_or_null(1).ok()?)
            .collect(),
        false => Vec::new(),
    };
    let id = first.text(0).map_err(|_| unreadable())?.to_owned();
    Ok(Some((Sent { id, is_new }, endpoints)))
}

/// Tells PostgreSQL for which endpoints something waits.
fn notification(answers: &[Answered], ends: &[usize]) -> Next {
    let sent = ends
        .iter()
        .filter_map(|end| what_became(&answers[end - 3..*end]).ok()?);
    let mut endpoints: Vec<i64> = sent.flat_map(|(_, endpoints)| endpoints).collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    if endpoints.is_empty() {
        return Next::nothing();
    }
    let list: Vec<String> = endpoints.iter().map(i64::to_string).collect();
    let mut list = list.join(",");
    if list.len() > LONGEST_NOTIFICATION {
        list.clear();
    }
    Next::new(vec![Statement::new(
        Kind::Change,
        NOTIFY,
        [Value::Text(list.into())],
    )])
}

/// Ids have no `://`, since that is how a URL is known.
pub(crate) fn is_url(to: &str) -> bool {
    to.contains("://")
}

/// The statements that send a message to one endpoint; the last tells what became of it.
fn delivery(to: &str, message: &Finished<'_>) -> Vec<Statement> {
    let to = Value::text(to);
    let mut row = message_values(message);
    row.push(to.clone());
    vec![
        Statement::new(Kind::Change, outbox::SEND, row),
        Statement::new(
            Kind::Change,
            outbox::DELIVER,
            [Value::text(&message.id), to],
        ),
        what_was_sent(message),
    ]
}

/// The statements that send a message to all that want it; the last tells what became of it.
fn publication(message: &Finished<'_>) -> Vec<Statement> {
    let event_type = Value::text(message.event_type);
    let fan_out = [
        Value::text(&message.id),
        Value::text(message.owner),
        event_type.clone(),
        event_type.clone(),
        event_type,
    ];
    vec![
        Statement::new(Kind::Change, outbox::PUBLISH, message_values(message)),
        Statement::new(Kind::Change, outbox::FAN_OUT, fan_out),
        what_was_sent(message),
    ]
}

fn what_was_sent(message: &Finished<'_>) -> Statement {
    let key = Value::text_or_null(message.idempotency_key);
    Statement::new(Kind::Rows, outbox::SENT, [Value::text(&message.id), key])
}

fn message_values(message: &Finished<'_>) -> Vec<Value> {
    vec![
        Value::text(&message.id),
        Value::text_or_null(message.idempotency_key),
        Value::text(message.event_type),
        Value::Bytes(message.payload.clone()),
        Value::Now,
    ]
}
