//! The scripts for Redis against the corpus, in a server that the tests start.
#![cfg(feature = "redis")]

#[path = "common/redis_server.rs"]
mod redis_server;

use std::fs;
use std::path::Path;
use std::time::Duration;

use countersign::RateLimit;
use countersign::redis::{ADMIT, CLAIM, CLAIM_PREFIX, COMPLETE, RATE_PREFIX, RELEASE};
use redis::Connection;
use redis_server::Server;
use serde_json::{Value, json};

/// Redis has no capacity of ours: it keeps every key, or evicts as its owner configured.
const OF_A_CAPACITY: [&str; 4] = [
    "replay-capacity",
    "replay-capacity-in-progress",
    "replay-capacity-completed",
    "replay-capacity-completed-in-progress",
];
/// No script runs: `RateLimit::new` refuses the limit.
const OF_A_MALFORMED_LIMIT: [&str; 3] = [
    "rate-limit-no-requests",
    "rate-limit-no-window",
    "rate-limit-long-window",
];

/// Keys expire by the real clock, which stands still while a script runs. So all calls of a case
/// are made in one, each with the case's own clock.
const CALLS: &str = "
local answers = {}
for at, call in ipairs(cjson.decode(ARGV[1])) do
  answers[at] = scripts[call.script]({call.key}, call.arguments)
end
return answers
";

async fn server() -> (Server, Connection) {
    let server = Server::start().await;
    let client = redis::Client::open(server.url()).unwrap();
    let connection = client.get_connection().unwrap();
    (server, connection)
}

fn cases(file: &str, kind: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["kind"], kind);
    file["cases"].as_array().unwrap().clone()
}

fn call(script: &str, key: String, arguments: &[&Value]) -> Value {
    let argument = |value: &&Value| match value {
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    let arguments: Vec<_> = arguments.iter().map(argument).collect();
    json!({"script": script, "key": key, "arguments": arguments})
}

/// What the scripts answer to these calls, on a server that holds nothing.
fn answers(connection: &mut Connection, calls: &[Value]) -> Vec<i64> {
    let scripts = [
        ("claim", CLAIM),
        ("complete", COMPLETE),
        ("release", RELEASE),
        ("admit", ADMIT),
    ];
    let mut text = String::from("local scripts = {}\n");
    for (name, script) in scripts {
        text += &format!("scripts.{name} = function(KEYS, ARGV)\n{script}end\n");
    }
    let () = redis::cmd("FLUSHALL").query(connection).unwrap();
    let mut evaluate = redis::cmd("EVAL");
    evaluate
        .arg(text + CALLS)
        .arg(0)
        .arg(json!(calls).to_string());
    evaluate.query(connection).unwrap()
}

fn verdicts(connection: &mut Connection, case: &Value, limit: RateLimit) -> Value {
    let [requests, window, slot] = [limit.requests().into(), limit.window_ms(), limit.slot_ms()]
        .map(|number: u64| json!(number));
    let times = case["at_ms"].as_array().unwrap();
    let key = format!("{RATE_PREFIX}caller");
    let calls: Vec<_> = times
        .iter()
        .map(|at| call("admit", key.clone(), &[&requests, &window, &slot, at]))
        .collect();
    json!({"verdicts": answers(connection, &calls)})
}

fn results(connection: &mut Connection, case: &Value) -> Value {
    let steps = case["steps"].as_array().unwrap();
    let calls: Vec<_> = steps
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let key = format!("{CLAIM_PREFIX}{}", step["key"].as_str().unwrap());
            let script = step["do"].as_str().unwrap();
            match script {
                // The number of its step stands for the token of a claim.
                "claim" => call(
                    script,
                    key,
                    &[&json!(number), &step["lease_ms"], &step["at_ms"]],
                ),
                "complete" => call(script, key, &[&step["lifetime_ms"], &step["at_ms"]]),
                "release" => call(script, key, &[&step["of"]]),
                unknown => panic!("there is no step {unknown}"),
            }
        })
        .collect();
    let answers = answers(connection, &calls).into_iter().zip(steps);
    let results = answers.map(|(answer, step)| match (step["do"].as_str(), answer) {
        (Some("claim"), -1) => json!("claimed"),
        (Some("claim"), -2) => json!({"code": "duplicate_event"}),
        // The stores ask nobody to wait longer.
        (Some("claim"), wait) => {
            json!({"code": "event_in_progress", "retry_after_ms": wait.min(10_000)})
        }
        _ => json!("done"),
    });
    json!({"results": results.collect::<Vec<_>>()})
}

#[tokio::test]
async fn rates_are_those_of_the_corpus() {
    let (_server, mut connection) = server().await;
    let mut refused = Vec::new();
    for case in cases("rate-limit.json", "rate_limit") {
        let requests = case["requests"].as_u64().unwrap().try_into().unwrap();
        let window = Duration::from_millis(case["window_ms"].as_u64().unwrap());
        let id = case["id"].as_str().unwrap();
        match RateLimit::new(requests, window) {
            Err(error) => {
                assert_eq!(error.code(), case["expect"]["code"], "{id}");
                refused.push(id.to_owned());
            }
            Ok(limit) => {
                let actual = verdicts(&mut connection, &case, limit);
                assert_eq!(actual, case["expect"], "{id}");
            }
        }
    }
    assert_eq!(refused, OF_A_MALFORMED_LIMIT);
}

#[tokio::test]
async fn claims_are_those_of_the_corpus() {
    let (_server, mut connection) = server().await;
    let mut other = Vec::new();
    for case in cases("replay.json", "replay") {
        let actual = results(&mut connection, &case);
        let id = case["id"].as_str().unwrap();
        if OF_A_CAPACITY.contains(&id) {
            assert_ne!(actual, case["expect"], "{id} is the same in Redis");
            other.push(id.to_owned());
        } else {
            assert_eq!(actual, case["expect"], "{id}");
        }
    }
    assert_eq!(other, OF_A_CAPACITY);
}

#[tokio::test]
async fn without_a_clock_the_servers_own_counts() {
    let (_server, mut connection) = server().await;
    let (seconds, _): (u64, u64) = redis::cmd("TIME").query(&mut connection).unwrap();
    let clock = |ahead: u64| json!((seconds + ahead) * 1_000);
    let name = |key: &str| format!("{CLAIM_PREFIX}{key}");
    let [token, minute] = [json!("token"), json!(60_000)];
    let [one, slot] = [json!(1), json!(1_875)];
    let calls = [
        call("claim", name("claimed"), &[&token, &minute]),
        call("claim", name("claimed"), &[&token, &minute, &clock(50)]),
        call("claim", name("claimed"), &[&token, &minute, &clock(70)]),
        call("complete", name("handled"), &[&minute]),
        call("claim", name("handled"), &[&token, &minute, &clock(50)]),
        call("claim", name("handled"), &[&token, &minute, &clock(70)]),
        call("admit", "caller".into(), &[&one, &minute, &slot]),
        call(
            "admit",
            "caller".into(),
            &[&one, &minute, &slot, &clock(50)],
        ),
        call(
            "admit",
            "caller".into(),
            &[&one, &minute, &slot, &clock(70)],
        ),
    ];
    // How long the waits are depends on the clock.
    let answers = answers(&mut connection, &calls).into_iter();
    let answers: Vec<_> = answers.map(|answer| answer.min(1)).collect();
    assert_eq!(answers, [-1, 1, -1, 1, -2, -1, 0, 1, 0]);
}
