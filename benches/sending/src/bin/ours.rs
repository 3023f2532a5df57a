//! Measures the sender against a sink at a port: `speed FILE COUNT`, `backlog FILE COUNT`,
//! `latency FILE RATE SECONDS`. A file `:memory:` is none. Prints JSON.

use std::error::Error;
use std::fs;
use std::time::{Duration, Instant, SystemTime};

use countersign_delivery::{Endpoint, Message, Sender, SenderOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const SENDERS: usize = 64;
/// With the rest, a payload of 500 bytes.
const PADDING: usize = 375;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, what, file, numbers @ ..] = &arguments[..] else {
        return Err("PORT speed|backlog|latency FILE NUMBERS...".into());
    };
    let port: u16 = port.parse()?;
    let numbers = numbers.iter().map(|text| text.parse());
    let numbers = numbers.collect::<std::result::Result<Vec<usize>, _>>()?;
    let sender = open(file, port).await?;
    let measured = match (what.as_str(), &numbers[..]) {
        ("speed", [count]) => speed(&sender, port, *count).await?,
        ("backlog", [count]) => backlog(&sender, port, *count).await?,
        ("latency", [rate, seconds]) => latency(&sender, port, *rate, *seconds).await?,
        _ => return Err("speed COUNT, backlog COUNT, latency RATE SECONDS".into()),
    };
    println!("{measured}");
    Ok(())
}

async fn open(file: &str, port: u16) -> Result<Sender> {
    let options = SenderOptions::new().endpoint_concurrency(64);
    let sender = options.open_sqlite(file)?;
    let url = format!("http://127.0.0.1:{port}/");
    let endpoint = Endpoint::new("sink", url).secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let endpoint = endpoint.allow_http().allow_network("127.0.0.1");
    sender.put_endpoint(&endpoint).await?;
    Ok(sender)
}

fn message() -> Result<Message> {
    let now = u64::try_from(SystemTime::UNIX_EPOCH.elapsed()?.as_nanos())?;
    let data = json!({"at": now, "text": "x".repeat(PADDING)});
    Ok(Message::new("invoice.paid", &data)?)
}

/// Many tasks that send one message after the other, each committed before the next, until all have
/// arrived.
async fn speed(sender: &Sender, port: u16, count: usize) -> Result<Value> {
    let dispatcher = sender.start()?;
    let start = Instant::now();
    let tasks = (0..SENDERS).map(|_| {
        let sender = sender.clone();
        tokio::spawn(async move {
            for _ in 0..count / SENDERS {
                sender.send("sink", &message()?).await?;
            }
            Result::Ok(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    let sent = start.elapsed();
    let count = count / SENDERS * SENDERS;
    arrived(port, count).await?;
    let all = start.elapsed();
    dispatcher.stop(Duration::from_secs(10)).await;
    Ok(json!({
        "count": count,
        "sent_per_second": (count as f64 / sent.as_secs_f64()).round(),
        "delivered_per_second": (count as f64 / all.as_secs_f64()).round(),
        "cpu_us_per_message": (cpu()? / count as f64 * 1e6).round(),
    }))
}

/// First all wait, then they are delivered: how fast the first and the last of them.
async fn backlog(sender: &Sender, port: u16, count: usize) -> Result<Value> {
    let before = resident()?;
    let start = Instant::now();
    for batch in 0..count / 1_000 {
        let messages = (0..1_000).map(|_| message()).collect::<Result<Vec<_>>>()?;
        for sent in sender
            .send_many(messages.iter().map(|it| ("sink", it)))
            .await?
        {
            sent.map_err(|error| format!("batch {batch}: {error}"))?;
        }
    }
    let sent = start.elapsed();
    let waiting = resident()?;
    let part = (count / 20).max(1_000);
    let dispatcher = sender.start()?;
    let start = Instant::now();
    arrived(port, part).await?;
    let first = start.elapsed();
    let during = resident()?;
    arrived(port, count - part).await?;
    let start = Instant::now();
    arrived(port, count).await?;
    let last = start.elapsed();
    dispatcher.stop(Duration::from_secs(10)).await;
    let rate = |time: Duration| (part as f64 / time.as_secs_f64()).round();
    Ok(json!({
        "count": count,
        "sent_per_second": (count as f64 / sent.as_secs_f64()).round(),
        "first_delivered_per_second": rate(first),
        "last_delivered_per_second": rate(last),
        "resident_mib": {"empty": before, "queued": waiting, "delivering": during},
    }))
}

/// One message at a time, at a rate; the sink notes how old each is when it arrives.
async fn latency(sender: &Sender, port: u16, rate: usize, seconds: usize) -> Result<Value> {
    let dispatcher = sender.start()?;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate)?);
    for _ in 0..rate * seconds {
        ticks.tick().await;
        let sender = sender.clone();
        tokio::spawn(async move {
            sender.send("sink", &message()?).await.map_err(Into::into) as Result<_>
        });
    }
    arrived(port, rate * seconds).await?;
    let report = ask(port, "/ages").await?;
    dispatcher.stop(Duration::from_secs(10)).await;
    let ms = |key: &str| report[key].as_f64().map(|ns| (ns / 1e4).round() / 100.0);
    Ok(json!({"rate": rate, "p50_ms": ms("p50_ns"), "p99_ms": ms("p99_ns")}))
}

async fn arrived(port: u16, count: usize) -> Result<()> {
    while ask(port, "/").await?["count"].as_u64() < Some(count as u64) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

async fn ask(port: u16, path: &str) -> Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: sink\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![0; 1_024];
    let length = stream.read(&mut answer).await?;
    let text = std::str::from_utf8(&answer[..length])?;
    let (_, body) = text.split_once("\r\n\r\n").ok_or("the sink is not there")?;
    Ok(serde_json::from_str(body)?)
}

/// Seconds of processor time that this process took.
fn cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').ok_or("no /proc/self/stat")?;
    let ticks: f64 = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|text| text.parse::<f64>().ok())
        .sum();
    Ok(ticks / 100.0)
}

fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1_024)
}
