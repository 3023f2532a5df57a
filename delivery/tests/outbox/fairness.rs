//! How many attempts are made at a time and a second, and that nobody waits for the slow.

use std::time::{Duration, Instant};

use crate::common::{Receiver, Reply};
use crate::support::{
    Outbox, PATIENCE, counts, endpoint, message, options, send_all, settled, until,
};

#[tokio::test]
async fn the_concurrency_of_an_endpoint_is_never_exceeded() {
    let receiver = Receiver::new(|_, number| {
        let millis = 2 + u64::try_from(number % 5).unwrap();
        Reply::status(200).after(Duration::from_millis(millis))
    })
    .await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().endpoint_concurrency(7));
    let limits = [("one", 1), ("three", 3), ("seven", 7), ("many", 40)];
    for (id, limit) in limits {
        let mut endpoint = endpoint(id, &receiver);
        if limit != 7 {
            endpoint = endpoint.concurrency(limit);
        }
        sender.put_endpoint(&endpoint).await.unwrap();
        send_all(&sender, id, 150).await;
    }
    let dispatcher = sender.start().unwrap();
    // While it is registered again and again.
    let again = endpoint("three", &receiver).concurrency(3);
    for _ in 0..20 {
        sender.put_endpoint(&again).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    settled(&sender).await;
    assert_eq!(receiver.count(), 600);
    for (id, limit) in limits {
        let most = receiver.most_under_way(id);
        assert!(most <= limit as isize, "{id}: {most}");
        assert!(most >= (limit as isize).min(3), "{id}: {most}");
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn the_concurrency_of_the_process_is_never_exceeded() {
    let receiver = Receiver::new(|_, _| Reply::status(200).after(Duration::from_millis(5))).await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(options().concurrency(5));
    for id in ["a", "b", "c", "d"] {
        // All at the same path.
        let endpoint = countersign_delivery::Endpoint::new(id, receiver.url("same"));
        let endpoint = endpoint.secret(crate::support::SECRET).allow_http();
        sender
            .put_endpoint(&endpoint.allow_network("127.0.0.1"))
            .await
            .unwrap();
        send_all(&sender, id, 40).await;
    }
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    let most = receiver.most_under_way("same");
    assert!((4..=5).contains(&most), "{most}");
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_rate_is_kept() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    let other = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver).per_second(40.0))
        .await
        .unwrap();
    send_all(&sender, "a", 120).await;
    let start = Instant::now();
    // It holds for all dispatchers together.
    let dispatchers = [sender.start().unwrap(), other.start().unwrap()];
    settled(&sender).await;
    // A second's worth at once, and the rest in two seconds.
    let took = start.elapsed();
    assert!(
        took >= Duration::from_millis(1_950) && took < Duration::from_secs(8),
        "{took:?}"
    );
    let times: Vec<_> = receiver.all().iter().map(|it| it.at - start).collect();
    for second in 0..3 {
        let [from, to] = [second, second + 1].map(Duration::from_secs);
        let within = times.iter().filter(|at| (from..to).contains(at)).count();
        assert!(within <= 82, "{second}: {within}");
    }
    let late = times
        .iter()
        .filter(|at| **at >= Duration::from_millis(1_000))
        .count();
    assert!(late >= 38, "{late}");
    for dispatcher in dispatchers {
        dispatcher.stop(PATIENCE).await;
    }
}

#[tokio::test]
async fn slow_endpoints_starve_nobody() {
    let hanging = Receiver::new(|_, _| Reply::status(200).after(Duration::from_secs(600))).await;
    let receiver = Receiver::ok().await;
    // The defaults, and few places for many that hang.
    let cases = [
        ("usual", options(), 20),
        ("crowded", options().concurrency(64), 40),
    ];
    for (name, options, slow) in cases {
        let outbox = Outbox::new();
        let sender = outbox.open_with(options);
        for number in 0..slow {
            let id = format!("slow-{number}");
            sender.put_endpoint(&endpoint(&id, &hanging)).await.unwrap();
            send_all(&sender, &id, 60).await;
        }
        sender
            .put_endpoint(&endpoint("fast", &receiver))
            .await
            .unwrap();
        let before = hanging.count();
        let dispatcher = sender.start().unwrap();
        until("the slow ones hang", async || {
            hanging.count() >= before + 40
        })
        .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut latencies = Vec::new();
        for number in 0..50 {
            let before = receiver.count();
            let sent = Instant::now();
            sender.send("fast", &message(number)).await.unwrap();
            until(name, async || receiver.count() > before).await;
            latencies.push(receiver.all()[before].at.saturating_duration_since(sent));
        }
        latencies.sort();
        println!(
            "{name}: median {:?}, longest {:?}",
            latencies[25], latencies[49]
        );
        // Those that hang do so for 30 seconds; what waits for them would take as long.
        assert!(
            latencies[49] < Duration::from_secs(10),
            "{name} {:?}",
            latencies[49]
        );
        dispatcher.stop(Duration::ZERO).await;
        let [_, running, delivered, _] = counts(&sender).await;
        assert_eq!((running, delivered), (0, 50));
    }
}
