//! The peer `webhooksmith` on SQLite, against a sink at a port: `PORT FILE COUNT`. Prints JSON.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use webhooksmith::SqliteEngine;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const SENDERS: usize = 64;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, file, count] = &arguments[..] else {
        return Err("PORT FILE COUNT".into());
    };
    let (port, count): (u16, usize) = (port.parse()?, count.parse()?);
    let builder = SqliteEngine::builder().allow_insecure_urls();
    let engine = builder
        .database_url(format!("sqlite:{file}?mode=rwc"))
        .build()
        .await?;
    engine.migrate().await?;
    let url = format!("http://127.0.0.1:{port}/");
    let endpoint = engine
        .register(&url, "a-secret-of-at-least-32-characters")
        .await?;
    let engine = Arc::new(engine);
    let running = engine.clone();
    tokio::spawn(async move { running.run().await });
    let start = Instant::now();
    let tasks = (0..SENDERS).map(|_| {
        let engine = engine.clone();
        tokio::spawn(async move {
            for _ in 0..count / SENDERS {
                let data = json!({"id": 7, "text": "x".repeat(460)});
                engine.send("invoice.paid", data, endpoint.id).await?;
            }
            Result::Ok(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    let count = count / SENDERS * SENDERS;
    while arrived(port).await? < count as u64 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = (count as f64 / start.elapsed().as_secs_f64()).round();
    println!("{}", json!({"count": count, "delivered_per_second": rate}));
    Ok(())
}

async fn arrived(port: u16) -> Result<u64> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: sink\r\n\r\n")
        .await?;
    let mut answer = vec![0; 1_024];
    let length = stream.read(&mut answer).await?;
    let text = std::str::from_utf8(&answer[..length])?;
    let (_, body) = text.split_once("\r\n\r\n").ok_or("the sink is not there")?;
    let report: Value = serde_json::from_str(body)?;
    report["count"]
        .as_u64()
        .ok_or_else(|| "the sink tells no count".into())
}
