//! Sending within a transaction of the program's own.

#[cfg(feature = "postgres")]
use std::pin::Pin;

use countersign::{DeliveryError, Error, UnixTime};
use countersign_database::{Answered, Kind, Statement, Value};

use crate::message::Message;
use crate::sender::{Addressee, NOTIFY, Sender, Sending, Sent, what_became};

/// A connection or transaction of the program's own that a message can be sent within: SQLite's
/// `rusqlite::Connection` and `Transaction`, PostgreSQL's `tokio_postgres::Client` and
/// `Transaction`.
pub trait OwnTransaction<'a>: Copy {
    /// What [`Sender::send_in_transaction`] returns: the result itself with SQLite, a future of it
    /// with PostgreSQL.
    type Sending;

    #[doc(hidden)]
    fn send(self, statements: Statements, now: UnixTime) -> Self::Sending;
}

/// What sends one message. Opaque.
#[doc(hidden)]
pub struct Statements(Result<Sending, Error>);

impl Sender {
    /// Sends within a transaction of the program's own, on the database of the outbox: if it commits,
    /// the message is sent, and if it rolls back, there never was one. `to` is the id of an endpoint
    /// or a URL, or `None` to publish.
    ///
    /// A dispatcher finds it within 10 milliseconds after the commit with SQLite, and is notified by
    /// PostgreSQL. What commits, and how durably, is the connection's affair. In Python and other
    /// languages the same is done by the statements of [`countersign::sql::outbox`].
    ///
    /// ```
    /// use countersign_delivery::{Endpoint, Message, SenderOptions};
    /// use rusqlite::Connection;
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("shop.db");
    /// let sender = SenderOptions::new().open_sqlite(&path)?;
    /// let endpoint = Endpoint::new("customer-7", "https://customer.example/webhooks");
    /// sender.put_endpoint(&endpoint.secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).await?;
    ///
    /// let mut connection = Connection::open(&path)?;
    /// let transaction = connection.transaction()?;
    /// transaction.execute_batch("CREATE TABLE invoice (id INTEGER); INSERT INTO invoice VALUES (7)")?;
    /// let message = Message::new("invoice.created", &serde_json::json!({"id": 7}))?;
    /// let sent = sender.send_in_transaction(&*transaction, "customer-7", &message)?;
    /// transaction.commit()?;
    ///
    /// assert_eq!(sender.deliveries_of(&sent.id).await?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As for [`send`](Self::send). `outbox_unavailable` if a statement fails, of which the log has
    /// the kind; the transaction is then to be rolled back.
    pub fn send_in_transaction<'a, 'm, T: OwnTransaction<'a>>(
        &self,
        transaction: T,
        to: impl Into<Option<&'m str>>,
        message: &Message,
    ) -> T::Sending {
        let addressee = match to.into() {
            Some(to) => Addressee::One(to),
            None => Addressee::Everyone,
        };
        let statements = self.statements(addressee, message);
        transaction.send(Statements(statements), self.now())
    }
}

/// What sends a message within a transaction of another library, or of another language.
#[derive(Debug)]
pub struct OwnStatements {
    statements: Vec<Statement>,
    /// Which of them is the first of the three that send.
    first: usize,
    refusal: Error,
}

impl OwnStatements {
    /// All are to be done, in this order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What became of the message, by the answers to all of them.
    ///
    /// # Errors
    /// What is wrong with the addressee; `outbox_unavailable` if these are no such answers.
    pub fn sent(self, answers: &[Answered]) -> Result<Sent, Error> {
        match answers.get(self.first..self.first + 3) {
            Some(three) => sent(three, self.refusal),
            None => Err(DeliveryError::OutboxUnavailable.into()),
        }
    }
}

impl Sender {
    /// What [`send_in_transaction`](Self::send_in_transaction) does, for programs that do it by
    /// other means.
    ///
    /// # Errors
    /// `malformed_message`.
    pub fn own_statements<'m>(
        &self,
        to: impl Into<Option<&'m str>>,
        message: &Message,
    ) -> Result<OwnStatements, Error> {
        let addressee = match to.into() {
            Some(to) => Addressee::One(to),
            None => Addressee::Everyone,
        };
        let Sending {
            mut statements,
            refusal,
        } = self.statements(addressee, message)?;
        let first = statements.len() - 3;
        if self.shared.is_on_postgres() {
            statements.push(notify());
        }
        Ok(OwnStatements {
            statements,
            first,
            refusal,
        })
    }
}

/// Tells the dispatchers of other processes that something waits.
fn notify() -> Statement {
    Statement::new(Kind::Change, NOTIFY, [Value::Text("".into())])
}

fn sent(answers: &[Answered], refusal: Error) -> Result<Sent, Error> {
    let sent = what_became(&answers[answers.len() - 3..])?;
    Ok(sent.ok_or(refusal)?.0)
}

#[cfg(feature = "sqlite")]
impl<'a> OwnTransaction<'a> for &'a rusqlite::Connection {
    type Sending = Result<Sent, Error>;

    fn send(self, Statements(statements): Statements, now: UnixTime) -> Self::Sending {
        let sending = statements?;
        let mut answers = Vec::new();
        for statement in sending.statements {
            let answer = countersign_database::sqlite::execute(self, &statement, millis(now));
            answers.push(answer.map_err(|error| {
                let kind = error.sqlite_error_code();
                tracing::error!(code = "outbox_unavailable", ?kind, "SQLite failed");
                DeliveryError::OutboxUnavailable
            })?);
        }
        sent(&answers, sending.refusal)
    }
}

#[cfg(feature = "postgres")]
macro_rules! postgres {
    ($client:ty) => {
        impl<'a> OwnTransaction<'a> for &'a $client {
            type Sending = Pin<Box<dyn Future<Output = Result<Sent, Error>> + Send + 'a>>;

            fn send(self, Statements(statements): Statements, _: UnixTime) -> Self::Sending {
                Box::pin(send_in_postgres(self, statements))
            }
        }
    };
}

#[cfg(feature = "postgres")]
postgres!(tokio_postgres::Client);
#[cfg(feature = "postgres")]
postgres!(tokio_postgres::Transaction<'a>);

#[cfg(feature = "postgres")]
async fn send_in_postgres(
    client: &(impl tokio_postgres::GenericClient + Sync),
    sending: Result<Sending, Error>,
) -> Result<Sent, Error> {
    use countersign_database::postgres::execute_on;

    let failed = |error: tokio_postgres::Error| {
        let sqlstate = error.code().map(tokio_postgres::error::SqlState::code);
        tracing::error!(code = "outbox_unavailable", sqlstate, "PostgreSQL failed");
        DeliveryError::OutboxUnavailable
    };
    let sending = sending?;
    let now = client.query_one(NOW, &[]).await.map_err(failed)?.get(0);
    let mut answers = Vec::new();
    for statement in &sending.statements {
        answers.push(execute_on(client, statement, now).await.map_err(failed)?);
    }
    let sent = sent(&answers, sending.refusal)?;
    execute_on(client, &notify(), now).await.map_err(failed)?;
    Ok(sent)
}

#[cfg(feature = "postgres")]
const NOW: &str = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

#[cfg(feature = "sqlite")]
fn millis(time: UnixTime) -> i64 {
    time.millis().try_into().unwrap_or(i64::MAX)
}
