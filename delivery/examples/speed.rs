//! temp speed
#[path = "../tests/common/mod.rs"]
mod common;
use countersign_delivery::{Endpoint, Message, SenderOptions};
use std::time::{Duration, Instant};
#[tokio::main]
async fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let path = std::env::args().nth(2).unwrap();
    let receiver = common::Receiver::ok().await;
    let sender = SenderOptions::new()
        .concurrency(256)
        .endpoint_concurrency(64)
        .open_sqlite(&path)
        .unwrap();
    let endpoint = Endpoint::new("a", receiver.url("hook"))
        .secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .allow_http()
        .allow_network("127.0.0.1");
    sender.put_endpoint(&endpoint).await.unwrap();
    let dispatcher = sender.start().unwrap();
    let data = serde_json::json!({"id": 7, "text": "x".repeat(400)});
    let start = Instant::now();
    let message = Message::new("invoice.paid", &data).unwrap();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (sender, message) = (sender.clone(), message.clone());
        tasks.push(tokio::spawn(async move {
            for _ in 0..n / 64 {
                sender.send("a", &message).await.unwrap();
            }
        }));
    }
    for t in tasks {
        t.await.unwrap();
    }
    println!("enqueued after {:?}", start.elapsed());
    let n = n / 64 * 64;
    while receiver.count() < n {
        tokio::time::sleep(Duration::from_millis(1)).await;
        if start.elapsed() > Duration::from_secs(60) {
            break;
        }
    }
    let took = start.elapsed();
    println!(
        "{} of {n} in {took:?}: {:.0}/s",
        receiver.count(),
        n as f64 / took.as_secs_f64()
    );
    dispatcher.stop(Duration::from_secs(5)).await;
    println!("{:?}", sender.counts().await.unwrap());
}
