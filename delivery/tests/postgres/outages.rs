//! A sender that is cut off from its database, again and again.

use std::time::Duration;

use countersign_delivery::SenderOptions;

use crate::common::{Receiver, Reply};
use crate::gate::{Gate, Way};
use crate::postgres_server::PostgresServer;
use crate::support::{PATIENCE, counts, endpoint, message, options, settled, until};
use crate::{start, times};

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_cut_off_loses_nothing() {
    const ROUNDS: usize = 6;
    let database = PostgresServer::shared().create_database();
    let receiver = Receiver::new(|_, _| Reply::status(204).after(Duration::from_millis(2))).await;
    let gate = Gate::before(&database);
    let behind = SenderOptions::postgres(gate.through(&database))
        .timeout(Duration::from_millis(500))
        .open()
        .unwrap();
    let lease = Duration::from_secs(3);
    let mut timeouts = countersign_delivery::transport::Timeouts::default();
    timeouts.total = Duration::from_secs(1);
    let cut_off = options().lease(lease).timeouts(timeouts);
    let cut_off = cut_off.open_postgres_database(behind).unwrap();
    cut_off
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = cut_off.start().unwrap();
    // Another machine, which nobody cuts off.
    let (other, other_dispatcher) = start(&database);

    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for round in 0..ROUNDS {
        let way = [Way::Cut, Way::Silent][round % 2];
        for number in 0..40 {
            if number == 15 {
                gate.set(way);
            }
            if number == 18 {
                gate.set(Way::Open);
            }
            match cut_off.send("a", &message(number)).await {
                Ok(sent) => acknowledged.push(sent.id),
                Err(error) => {
                    assert_eq!(error.code(), "outbox_unavailable", "{way:?}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused >= ROUNDS, "{refused}");
    assert!(acknowledged.len() >= ROUNDS * 30, "{}", acknowledged.len());
    until("all that was stored arrives", async || {
        let [waiting, running, ..] = counts(&other).await;
        waiting + running == 0
    })
    .await;
    settled(&cut_off).await;
    let times = times(&receiver);
    for id in &acknowledged {
        assert!(times.contains_key(id), "{id} is lost");
    }
    let [_, _, delivered, dead] = counts(&other).await;
    assert_eq!((delivered as usize, dead), (times.len(), 0));
    // What was refused may have been stored all the same; nothing else was.
    assert!(times.len() <= acknowledged.len() + refused);
    assert!(dispatcher.stop(PATIENCE).await);
    assert!(other_dispatcher.stop(PATIENCE).await);
}
