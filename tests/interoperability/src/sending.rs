//! Sends through an outbox, before, during and after the replacement of a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use countersign_delivery::{Endpoint, Message, Sender, SenderOptions};

use crate::payloads::Random;
use crate::receiver::Receiver;
use crate::record::{Content, Request, Sent};

const SCHEMES: [&str; 2] = ["standard", "svix"];
/// How many messages each phase of each scheme has.
const MESSAGES: usize = 80;

/// All requests that came.
pub(crate) async fn send_all(random: &mut Random) -> Result<Vec<Request>> {
    let folder = tempfile::tempdir()?;
    let sender = SenderOptions::new()
        .encryption_key(&[7; 32])?
        .open_sqlite(folder.path().join("outbox.db"))?;
    let dispatcher = sender.start()?;
    let mut requests = Vec::new();
    for scheme in SCHEMES {
        requests.extend(rotate(&sender, scheme, random).await?);
    }
    let stopped = dispatcher.stop(Duration::from_secs(10)).await;
    ensure!(stopped, "the dispatcher did not stop in time");
    Ok(requests)
}

/// What an endpoint of this scheme is sent while its secret is replaced.
async fn rotate(
    sender: &Sender,
    scheme: &'static str,
    random: &mut Random,
) -> Result<Vec<Request>> {
    let mut receiver = Receiver::start().await?;
    let [old, new, stranger] = [(); 3].map(|()| random.secret());
    let endpoint = Endpoint::new(scheme, receiver.url())
        .scheme(scheme)
        .secret(&old)
        .allow_http()
        .allow_network("127.0.0.1");
    sender.put_endpoint(&endpoint).await?;

    let mut requests = Vec::new();
    for phase in ["before", "during", "after"] {
        let (secrets, strangers) = match phase {
            "before" => (vec![&old], vec![&new, &stranger]),
            "during" => {
                sender.rotate_secret(scheme, &new).await?;
                (vec![&new, &old], vec![&stranger])
            }
            _ => {
                sender.retire_secrets(scheme).await?;
                (vec![&new], vec![&old, &stranger])
            }
        };
        let owned = |secrets: Vec<&String>| secrets.into_iter().cloned().collect::<Vec<_>>();
        let (secrets, strangers) = (owned(secrets), owned(strangers));
        for (sent, received) in send(sender, scheme, phase, &mut receiver, random).await? {
            requests.push(Request {
                scheme,
                phase,
                headers: received.headers,
                body: received.body,
                secrets: secrets.clone(),
                strangers: strangers.clone(),
                sent,
            });
        }
    }
    receiver.ensure_empty()?;
    Ok(requests)
}

/// Sends the messages of a phase; each with the one request that came of it.
async fn send(
    sender: &Sender,
    scheme: &str,
    phase: &str,
    receiver: &mut Receiver,
    random: &mut Random,
) -> Result<Vec<(Sent, crate::receiver::Received)>> {
    let mut expected = BTreeMap::new();
    for number in 0..MESSAGES {
        let sent = random.message(&format!("{scheme}-{phase}-{number}-"));
        let message = match &sent.content {
            Content::Data(data) => Message::from_json(&sent.event_type, data.get())?,
            Content::Payload(payload) => {
                Message::with_payload(&sent.event_type, payload.clone().into_bytes())
            }
        };
        sender.send(scheme, &message.id(&sent.id)).await?;
        expected.insert(sent.id.clone(), sent);
    }
    let header = match scheme {
        "svix" => "svix-id",
        _ => "webhook-id",
    };
    let mut all = Vec::new();
    while !expected.is_empty() {
        let received = receiver.next().await?;
        let id = received.header(header);
        let id = id.with_context(|| format!("{header} is missing: {:?}", received.headers))?;
        let sent = expected.remove(id);
        let sent = sent.with_context(|| format!("{id} was not sent now, or came twice"))?;
        if let Content::Payload(payload) = &sent.content {
            let is_same = received.body == payload.as_bytes();
            ensure!(is_same, "{id}: the body is not the payload that was sent");
        }
        all.push((sent, received));
    }
    Ok(all)
}
