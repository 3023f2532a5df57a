//! Sending: the example in Python publishes orders to the Flask and to the Worker example, through
//! gates on which requests fail. It is killed half-way and run again, and its dead letters are
//! replayed once nothing fails any more. In the end each order must have arrived at both.

mod failure;
mod gate;
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::report::print_aligned;
use super::server::Server;
use crate::python::Venv;
use failure::Failure;
use gate::{Book, Gate};
use program::{OfEndpoint, Program};

const ENDPOINT: &str = "orders";
/// A real one is random.
const ENCRYPTION_KEY: &str = "dGhlIDMyIGJ5dGVzIG9mIHRoZSBkZW1vJ3Mga2V5ISE=";
const SECRET: &str = "whsec_c2VjcmV0IG9mIHRoZSBkZW1vJ3Mgb3JkZXJzISE=";
const ORDERS: usize = 1000;
/// So that about as much is published as has arrived when the program is killed.
const PER_SECOND: usize = 100;
/// Another one has other requests fail.
const SEED: u64 = 4;
/// How long each run of the program may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A receiver, with the gate before it.
struct Place {
    id: String,
    server: Server,
    gate: Gate,
}

/// What became of the orders that were sent to one receiver.
struct Outcome {
    /// In the sender's outbox, before and after the dead letters were replayed.
    before_replay: OfEndpoint,
    after_replay: OfEndpoint,
    /// What it held when it was killed, which may have arrived.
    at_kill: usize,
    handled: BTreeSet<String>,
}

/// What the receivers are told.
pub(super) fn descriptions() -> Value {
    let settings = json!({
        "COUNTERSIGN_SCHEME": "standard",
        "COUNTERSIGN_SECRET": SECRET,
        "COUNTERSIGN_RATE_LIMIT": "off",
        "COUNTERSIGN_STORE": "memory",
    });
    json!([{"name": ENDPOINT, "settings": settings, "now": null}])
}

/// Fails if an order is lost, or handled twice.
pub(super) fn show(servers: [Server; 2], python: &Venv, folder: &Path) -> Result<()> {
    let folder = folder.join("sending");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let places = (SEED..).zip(servers);
    let places = places.map(|(seed, server)| Place::new(server, seed));
    let places: Vec<Place> = places.collect::<Result<_>>()?;
    let program = Program::new(python, &folder, settings(&places));

    let at_kill = send_and_kill(&program, &places)?;
    send_the_rest(&program)?;
    let before_replay = program.report()?;
    for place in &places {
        place.gate.stop_failing();
    }
    println!("    nothing fails any more");
    println!("    {}", program.replay(PATIENCE)?);
    let after_replay = program.report()?;

    let outcomes = places
        .iter()
        .map(|place| {
            let of = |report: &program::Report| {
                let of_endpoint = report.get(&place.id).cloned();
                of_endpoint.with_context(|| format!("the outbox has no {}", place.id))
            };
            Ok(Outcome {
                before_replay: of(&before_replay)?,
                after_replay: of(&after_replay)?,
                at_kill: of(&at_kill)?.running,
                handled: place.handled()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    print_failures(&places);
    print_outcomes(&places, &outcomes);
    for (place, outcome) in places.iter().zip(&outcomes) {
        check(place, outcome).with_context(|| place.server.name)?;
    }
    println!(
        "\n{ORDERS} orders x {} receivers: each arrived and was handled once, whatever failed, and \
         though the sender was killed.\n\
         At most what was under way at the kill, or had its answer lost, is received again: \
         the replay guards of the\nreceivers answered it as a duplicate.",
        places.len()
    );
    Ok(())
}

impl Place {
    fn new(server: Server, seed: u64) -> Result<Self> {
        let gate = Gate::open(server.address, seed)?;
        let id = server.name.to_lowercase();
        Ok(Self { id, server, gate })
    }

    /// How many orders the receiver has answered as handled.
    fn arrived(&self) -> usize {
        self.gate.book().handled.len()
    }

    /// The orders that its handler took, once each.
    fn handled(&self) -> Result<BTreeSet<String>> {
        let list = self.server.get(ENDPOINT, "/webhooks/counted", "")?;
        let list = list.as_array().context("no list")?.iter();
        let ids = list.map(|id| id.as_str().map(str::to_owned).context("no id"));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let calls = ids.len();
        let different: BTreeSet<String> = ids.into_iter().collect();
        ensure!(
            calls == different.len(),
            "the handler of {} was called {calls} times for {} orders",
            self.server.name,
            different.len()
        );
        Ok(different)
    }
}

/// The environment of the program.
fn settings(places: &[Place]) -> Vec<(&'static str, String)> {
    let endpoint = |place: &Place| {
        let url = format!("http://{}/{ENDPOINT}/webhooks", place.gate.address);
        let wanted = json!({"url": url, "secret": SECRET, "event_types": ["order.*"]});
        (place.id.clone(), wanted)
    };
    let endpoints: Value = places.iter().map(endpoint).collect();
    vec![
        ("SENDER_ENDPOINTS", endpoints.to_string()),
        ("SENDER_ENCRYPTION_KEY", ENCRYPTION_KEY.to_owned()),
        // Real ones wait for hours.
        ("SENDER_RETRY_POLICY", "0.2/8".to_owned()),
        ("SENDER_TIMEOUT", "2".to_owned()),
        ("SENDER_ALLOW_LOCAL", "1".to_owned()),
    ]
}

/// What was in the outbox after the kill.
fn send_and_kill(program: &Program, places: &[Place]) -> Result<program::Report> {
    let arrived = || places.iter().map(Place::arrived).sum::<usize>();
    let mut run = program.send(ORDERS, PER_SECOND, "first.log")?;
    let deadline = Instant::now() + PATIENCE;
    while arrived() < ORDERS * places.len() / 2 {
        ensure!(run.is_running()?, "the program ended by itself");
        ensure!(Instant::now() < deadline, "only {} arrived", arrived());
        thread::sleep(Duration::from_millis(5));
    }
    run.kill()?;
    println!("    killed half-way; it had said: {}", run.said_last()?);
    let report = program.report()?;
    let of_all = |count: fn(&OfEndpoint) -> usize| report.values().map(count).sum::<usize>();
    println!(
        "    in the outbox: {} delivered, {} waiting, {} under way at the kill, {} dead letters",
        of_all(|of| of.delivered),
        of_all(|of| of.waiting),
        of_all(|of| of.running),
        of_all(|of| of.dead),
    );
    Ok(report)
}

fn send_the_rest(program: &Program) -> Result<()> {
    let mut run = program.send(ORDERS, PER_SECOND, "second.log")?;
    run.wait(PATIENCE)?;
    println!(
        "    run again; it says: {}",
        run.said()?.replace('\n', "; ")
    );
    Ok(())
}

fn print_failures(places: &[Place]) {
    let mut head = ["on the way to", "passed on"].map(str::to_owned).to_vec();
    head.extend(Failure::ALL.map(|failure| failure.name().to_owned()));
    let mut rows = vec![head];
    for Place { server, gate, .. } in places {
        let book = gate.book();
        let mut row = vec![server.name.to_owned(), book.passed_on.to_string()];
        let failures = Failure::ALL.map(|failure| book.failed(failure).to_string());
        row.extend(failures);
        rows.push(row);
    }
    println!();
    print_aligned(&rows);
}

fn print_outcomes(places: &[Place], outcomes: &[Outcome]) {
    let head = [
        "receiver",
        "sent",
        "received",
        "lost",
        "received again",
        "attempts",
        "dead letters",
        "replayed",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (place, outcome) in places.iter().zip(outcomes) {
        let book = place.gate.book();
        let row = [
            place.server.name.to_owned(),
            outcome.after_replay.sent().to_string(),
            outcome.handled.len().to_string(),
            outcome.lost().to_string(),
            format!(
                "{} of at most {}",
                book.duplicates,
                outcome.may_repeat(&book)
            ),
            outcome.after_replay.attempts.to_string(),
            outcome.before_replay.dead.to_string(),
            outcome.replayed().to_string(),
        ];
        rows.push(row.to_vec());
    }
    println!();
    print_aligned(&rows);
}

impl Outcome {
    fn lost(&self) -> usize {
        expected().difference(&self.handled).count()
    }

    /// Those that are dead letters no more.
    fn replayed(&self) -> usize {
        self.before_replay
            .dead
            .saturating_sub(self.after_replay.dead)
    }

    /// How many the receiver may get twice: of these the sender does not know that they arrived.
    fn may_repeat(&self, book: &Book) -> usize {
        self.at_kill + book.failed(Failure::AnswerLost) + book.late
    }
}

fn expected() -> BTreeSet<String> {
    let numbers = 1..=ORDERS;
    numbers.map(|number| format!("order-{number:04}")).collect()
}

fn check(place: &Place, outcome: &Outcome) -> Result<()> {
    let book = place.gate.book();
    ensure!(
        book.surprises.is_empty(),
        "{} answers were none that could be expected, such as: {}",
        book.surprises.len(),
        book.surprises[0]
    );
    ensure!(outcome.lost() == 0, "{} orders are lost", outcome.lost());
    ensure!(
        outcome.handled == expected() && outcome.handled == outcome.after_replay.delivered_ids,
        "what was handled, sent, and noted as delivered are not the same orders"
    );
    ensure!(
        outcome.after_replay.sent() == ORDERS && outcome.after_replay.delivered == ORDERS,
        "the outbox has {} deliveries, of which {} were delivered",
        outcome.after_replay.sent(),
        outcome.after_replay.delivered
    );
    let most = outcome.may_repeat(&book);
    ensure!(
        book.duplicates <= most,
        "{} were received again, and only {most} may be: under way at the kill, or with a lost or late \
         answer",
        book.duplicates
    );
    for failure in Failure::ALL {
        let name = failure.name();
        ensure!(book.failed(failure) > 0, "{name} did not happen once");
    }
    ensure!(outcome.before_replay.dead > 0, "there were no dead letters");
    Ok(())
}
