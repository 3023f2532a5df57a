//! Hears notifications.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Error, Socket};

use super::{Failure, tokio_postgres};

/// How long it waits before it connects again.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) type Callback = Box<dyn Fn(Option<&str>) + Send + Sync>;

/// Listens until it is dropped.
#[derive(Debug)]
#[must_use = "it listens until it is dropped"]
pub struct Listening(JoinHandle<()>);

impl Listening {
    pub(super) fn spawn(listening: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(listening))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) async fn listen_for_ever<T>(
    config: Config,
    connector: T,
    timeout: Duration,
    channel: String,
    callback: Callback,
) where
    T: MakeTlsConnect<Socket> + Clone,
{
    let listen = format!("LISTEN \"{}\"", channel.replace('"', "\"\""));
    let mut was_heard = true;
    loop {
        let begin = async {
            let (client, mut connection) = config.connect(connector.clone()).await?;
            begin(&client, &mut connection, &listen).await?;
            Ok::<_, Failure>((client, connection))
        };
        let begun = tokio::time::timeout(timeout, begin).await;
        let failure = match begun.unwrap_or(Err(Failure::Late)) {
            Ok((_client, connection)) => {
                was_heard = true;
                callback(None);
                hear(connection, &callback).await
            }
            Err(failure) => failure,
        };
        if was_heard {
            // Once, however long it lasts.
            failure.log();
            was_heard = false;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Says what it wants to hear.
async fn begin<S>(
    client: &Client,
    connection: &mut Connection<Socket, S>,
    listen: &str,
) -> Result<(), Failure>
where
    S: tokio_postgres::tls::TlsStream + Unpin,
{
    let mut said = pin!(client.batch_execute(listen));
    let said = poll_fn(|context| {
        loop {
            if let Poll::Ready(said) = said.as_mut().poll(context) {
                return Poll::Ready(said.map_err(Failure::Server));
            }
            match connection.poll_message(context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error.into())),
                Poll::Ready(None) => return Poll::Ready(Err(Failure::Ended)),
                Poll::Pending => return Poll::Pending,
            }
        }
    });
    said.await
}

/// Hears until the connection ends, and why it did.
async fn hear<S>(mut connection: Connection<Socket, S>, callback: &Callback) -> Failure
where
    S: tokio_postgres::tls::TlsStream + Unpin,
{
    loop {
        let message: Option<Result<AsyncMessage, Error>> =
            poll_fn(|context| connection.poll_message(context)).await;
        match message {
            Some(Ok(AsyncMessage::Notification(notification))) => {
                callback(Some(notification.payload()));
            }
            // Notices.
            Some(Ok(_)) => {}
            Some(Err(error)) => return Failure::Server(error),
            None => return Failure::Ended,
        }
    }
}
