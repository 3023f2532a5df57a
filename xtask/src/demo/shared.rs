//! Two processes of the Flask example get the same deliveries at the same time. If they share one
//! Redis, each delivery is handled once; if each has a memory of its own, twice.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::delivery::{Sent, webhook};
use super::guards::signed;
use super::server::Server;

const SECRET: &str = "the secret of the shared endpoints";
const DELIVERIES: usize = 200;
/// How many deliveries are on their way to each process at once: as many as it has threads.
const AT_ONCE: usize = 4;
const MOST_ATTEMPTS: usize = 200;

/// What a process answered.
#[derive(Default)]
struct Answers {
    handled: usize,
    duplicates: usize,
    in_progress: usize,
}

/// What the servers are told of the endpoints: `shared`, and `alone`, where nothing is shared.
pub(super) fn descriptions(redis_url: &str) -> Value {
    let endpoint = |name: &str, store: &str| {
        let settings = json!({
            "COUNTERSIGN_SCHEME": "sha256",
            "COUNTERSIGN_SECRET": SECRET,
            "COUNTERSIGN_RATE_LIMIT": "off",
            "COUNTERSIGN_STORE": store,
        });
        json!({"name": name, "settings": settings, "now": null})
    };
    json!([endpoint("shared", redis_url), endpoint("alone", "memory")])
}

/// Fails if a delivery is not handled exactly once by those that share, or if those that do not
/// share handle it once: then nothing would have been shown.
pub(super) fn show(servers: &[Server; 2]) -> Result<()> {
    for (endpoint, times, about) in [
        ("shared", 1, "sharing one Redis"),
        ("alone", 2, "with a memory each"),
    ] {
        let deliveries = deliveries(endpoint)?;
        let [first, second] = deliver_to_both(servers, endpoint, &deliveries)?;
        let mut handled = Vec::new();
        for server in servers {
            handled.extend(counted(server, endpoint)?);
        }
        println!(
            "    {about}: {DELIVERIES} deliveries to both, handled {} times ({} + {}), answered as \
             duplicate {} times;\n        {} attempts came while the other process was at it (409) \
             and were repeated",
            handled.len(),
            first.handled,
            second.handled,
            first.duplicates + second.duplicates,
            first.in_progress + second.in_progress,
        );
        ensure!(
            handled.len() == first.handled + second.handled,
            "{about}: handlers ran {} times, and {} + {} deliveries were answered as handled",
            handled.len(),
            first.handled,
            second.handled
        );
        let different = handled.iter().collect::<BTreeSet<_>>().len();
        ensure!(
            handled.len() == times * DELIVERIES && different == DELIVERIES,
            "{about}: {different} of {DELIVERIES} deliveries were handled, {} times",
            handled.len()
        );
    }
    Ok(())
}

fn deliveries(endpoint: &str) -> Result<Vec<Sent>> {
    let webhook = webhook("sha256", &[SECRET])?;
    let sign = |number| {
        let id = format!("evt_{endpoint}_{number}");
        signed(&webhook, &json!({"id": id, "type": "demo.counted"}))
    };
    (0..DELIVERIES).map(sign).collect()
}

/// Each delivery leaves for both at the same moment.
fn deliver_to_both(
    servers: &[Server; 2],
    endpoint: &str,
    deliveries: &[Sent],
) -> Result<[Answers; 2]> {
    let pairs: Vec<Barrier> = (0..AT_ONCE).map(|_| Barrier::new(2)).collect();
    let mut totals = [Answers::default(), Answers::default()];
    thread::scope(|scope| {
        let mut senders = Vec::new();
        for (lane, pair) in pairs.iter().enumerate() {
            for (index, server) in servers.iter().enumerate() {
                let lane = deliveries.iter().skip(lane).step_by(AT_ONCE);
                let deliver = move || {
                    lane.map(|sent| {
                        pair.wait();
                        deliver_until_taken(server, endpoint, sent)
                    })
                    // All of them even after a failure, since the other one of the pair waits.
                    .collect::<Vec<Result<Answers>>>()
                };
                senders.push((index, scope.spawn(deliver)));
            }
        }
        for (index, sender) in senders {
            let Ok(answers) = sender.join() else {
                bail!("a sender panicked");
            };
            for answers in answers {
                let (total, answers) = (&mut totals[index], answers?);
                total.handled += answers.handled;
                total.duplicates += answers.duplicates;
                total.in_progress += answers.in_progress;
            }
        }
        Ok(())
    })?;
    Ok(totals)
}

/// As a provider does it, only in more haste.
fn deliver_until_taken(server: &Server, endpoint: &str, sent: &Sent) -> Result<Answers> {
    let mut answers = Answers::default();
    for _ in 0..MOST_ATTEMPTS {
        let answer = server.post(endpoint, sent)?;
        match (answer.status, answer.said()) {
            (200, "handled") => answers.handled += 1,
            (200, "duplicate") => answers.duplicates += 1,
            (409, "event_in_progress") => {
                answers.in_progress += 1;
                thread::sleep(Duration::from_millis(10));
                continue;
            }
            (status, _) => bail!("{} answered {status} {}", server.name, answer.body),
        }
        return Ok(answers);
    }
    bail!("{} never took a delivery", server.name)
}

/// The ids of the events that its handler took.
fn counted(server: &Server, endpoint: &str) -> Result<Vec<String>> {
    let list = server.get(endpoint, "/webhooks/counted", "")?;
    let ids = list.as_array().context("no list")?.iter();
    ids.map(|id| id.as_str().map(str::to_owned).context("no id"))
        .collect()
}
