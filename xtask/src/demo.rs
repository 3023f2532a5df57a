//! `cargo xtask demo`: delivers webhooks, intact and broken in many ways, to the core, to the Flask
//! example and to the Worker example, and compares everything that they answer. Then it tries the
//! guards of the Flask example, and two processes of it that share one Redis. Last it has the example
//! that sends, in Python, deliver to both receivers while requests fail and it is killed.

mod breakage;
mod delivery;
mod guards;
pub(crate) mod http;
mod profile;
mod redis;
mod report;
mod sending;
mod server;
mod shared;
mod verdict;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::examples;
use crate::python::Venv;
use crate::tools::{command, output, root, step, target};
use breakage::{AS_SENT, BREAKAGES, Case};
use delivery::{Delivery, Endpoint};
use redis::Redis;
use report::Report;
use server::Server;
use verdict::Verdict;

/// How many events the examples list.
const LISTED_EVENTS: usize = 100;
const EVENTS_TOKEN: &str = "the demo's token";

pub(crate) fn run() -> Result<()> {
    println!(
        "One Rust core decides about webhooks in every language. This demo builds the Python and\n\
         the npm package, runs the examples of Flask and Cloudflare Workers on them, delivers\n\
         webhooks to both, and compares their answers with the core's verdicts. After that the\n\
         Flask example is tried with its guards on, and a program in Python sends to both\n\
         receivers through an outbox, while requests fail and it is killed.\n\
         Everything is installed below {}, and in node_modules of the example.",
        target().display()
    );
    let python = examples::install_flask()?;
    examples::install_worker()?;
    let folder = target().join("demo");
    fs::create_dir_all(&folder)?;

    let (endpoints, deliveries) = step("sign in Rust, Python and JavaScript", || {
        make_deliveries(&python, &folder)
    })?;
    let servers = step("start the receivers", || {
        start_servers(&endpoints, &python, &folder)
    })?;
    let mut report = Report::default();
    let listed = step("deliver", || {
        let listed = deliver_all(&endpoints, &deliveries, &servers, &mut report)?;
        println!("    {} deliveries to each receiver", report.deliveries());
        Ok(listed)
    })?;

    println!();
    report.print();
    println!(
        "\nTwo headers of one name reach WSGI and fetch as one, joined by a comma, so the core is\n\
         given that. Where a framework keeps them apart, the code is conflicting_header.\n\
         The examples' rate limits and replay guards are off up to here.\n"
    );
    for difference in report.differences() {
        println!("DIFFERENT: {difference}");
    }
    ensure!(
        report.differences().is_empty(),
        "{} answers differ from the core's verdicts",
        report.differences().len()
    );
    check_lists(&endpoints, &listed, &servers)?;
    println!(
        "{} deliveries x {} receivers: every status, code, message, id and type is the core's.\n\
         Both receivers list the {} authentic events, in order, and nothing else.",
        report.deliveries(),
        servers.len(),
        listed.iter().map(VecDeque::len).sum::<usize>()
    );
    step("the Flask example with its guards on", || {
        let endpoints = guards::descriptions();
        guards::show(&start_flask("guards", &endpoints, &python, &folder)?)
    })?;
    step("two processes of the Flask example", || {
        show_two_processes(&python, &folder)
    })?;
    drop(servers);
    step("send through an outbox, with failures and a kill", || {
        let endpoints = sending::descriptions();
        let receivers = [
            start_flask("orders-flask", &endpoints, &python, &folder)?,
            start_worker("orders-worker", &endpoints, &folder)?,
        ];
        sending::show(receivers, &python, &folder)
    })
}

fn show_two_processes(python: &Venv, folder: &Path) -> Result<()> {
    let Some(redis) = Redis::start(folder)? else {
        println!("    left out: redis-server, which they would share, is not installed");
        return Ok(());
    };
    let endpoints = shared::descriptions(&redis.url());
    shared::show(&[
        start_flask("first", &endpoints, python, folder)?,
        start_flask("second", &endpoints, python, folder)?,
    ])
}

fn make_deliveries(python: &Venv, folder: &Path) -> Result<(Vec<Endpoint>, Vec<Delivery>)> {
    let (mut endpoints, mut deliveries) = delivery::recorded()?;
    println!("    {} recorded deliveries", deliveries.len());
    let first = endpoints.len();
    endpoints.extend(delivery::fresh_endpoints()?);

    let jobs = |signer| delivery::jobs(signer, &endpoints[first..], first);
    let here = delivery::sign_here(jobs("rust"), &endpoints)?;
    println!("    {} signed by the Rust core", here.len());
    deliveries.extend(here);
    for (language, program) in [
        ("python", command(python.python(), [source("sign.py")])),
        ("javascript", command("node", [source("sign.js")])),
    ] {
        let (mut program, jobs) = (program, jobs(language));
        let file = folder.join(format!("{language}.json"));
        let description = delivery::describe_jobs(&jobs, &endpoints);
        fs::write(&file, description.to_string())?;
        let answer = output(program.arg(&file))?;
        let signed = delivery::signed_elsewhere(jobs, &answer, &endpoints)?;
        println!("    {} signed by the package in {language}", signed.len());
        deliveries.extend(signed);
    }
    Ok((endpoints, deliveries))
}

fn start_servers(endpoints: &[Endpoint], python: &Venv, folder: &Path) -> Result<[Server; 2]> {
    let descriptions: Value = endpoints
        .iter()
        .map(|endpoint| endpoint.description(EVENTS_TOKEN))
        .collect();
    Ok([
        start_flask("flask", &descriptions, python, folder)?,
        start_worker("worker", &descriptions, folder)?,
    ])
}

/// A process of the Worker example; `name` is that of its files.
fn start_worker(name: &str, endpoints: &Value, folder: &Path) -> Result<Server> {
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, endpoints.to_string())?;
    let mut worker = command("node", [source("worker_server.js"), file]);
    Server::start("Worker", &mut worker, &folder.join(format!("{name}.log")))
}

/// A process of the Flask example; `name` is that of its files.
fn start_flask(name: &str, endpoints: &Value, python: &Venv, folder: &Path) -> Result<Server> {
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, endpoints.to_string())?;
    let mut flask = command(python.python(), [source("flask_server.py"), file]);
    flask.env("PYTHONPATH", root().join("examples/flask-app"));
    Server::start("Flask", &mut flask, &folder.join(format!("{name}.log")))
}

/// Returns for each endpoint what a list of its events must hold.
fn deliver_all(
    endpoints: &[Endpoint],
    deliveries: &[Delivery],
    servers: &[Server; 2],
    report: &mut Report,
) -> Result<Vec<VecDeque<Value>>> {
    let mut listed = vec![VecDeque::new(); endpoints.len()];
    for (name, break_it) in BREAKAGES {
        for delivery in deliveries {
            let endpoint = &endpoints[delivery.endpoint];
            // What is not authentic as it was sent tells nothing when it is broken.
            if name != AS_SENT.0 && !is_authentic(endpoint, delivery)? {
                continue;
            }
            let case = Case { endpoint, delivery };
            let Some(sent) =
                break_it(&case).with_context(|| format!("{name}, {}", endpoint.name))?
            else {
                continue;
            };
            let (core, event) = Verdict::of_core(endpoint, &sent)?;
            if let Some(event) = event {
                listed[delivery.endpoint].push_front(event);
                listed[delivery.endpoint].truncate(LISTED_EVENTS);
            }
            let [flask, worker] = servers;
            let answers = [
                (core.clone(), flask.deliver(endpoint, &sent)?),
                (core.clone(), worker.deliver(endpoint, &sent)?),
            ];
            let scheme = endpoint.profile.scheme;
            report.add(name, &endpoint.name, scheme, &core, &answers);
        }
    }
    Ok(listed)
}

fn is_authentic(endpoint: &Endpoint, delivery: &Delivery) -> Result<bool> {
    let (verdict, _) = Verdict::of_core(endpoint, &delivery.sent)?;
    Ok(verdict.status() != 401)
}

fn check_lists(
    endpoints: &[Endpoint],
    listed: &[VecDeque<Value>],
    servers: &[Server; 2],
) -> Result<()> {
    for (endpoint, expected) in endpoints.iter().zip(listed) {
        let expected: Value = expected.iter().cloned().collect();
        for server in servers {
            let events = server.events(endpoint, EVENTS_TOKEN)?;
            ensure!(
                events == expected,
                "{} lists other events of {} than the core accepted:\n{events}\ninstead of\n{expected}",
                server.name,
                endpoint.name
            );
        }
    }
    Ok(())
}

/// A file beside this module.
fn source(name: &str) -> PathBuf {
    root().join("xtask/src/demo").join(name)
}
