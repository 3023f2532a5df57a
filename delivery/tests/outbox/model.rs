//! Random sequences of everything, against a model that says what becomes of each message.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::{HealthPolicy, UnixTime};
use countersign_delivery::{DeliveryFilter, DeliveryState, Dispatcher, Sender, SenderOptions};

use crate::common::{Receiver, Reply};
use crate::support::{Outbox, PATIENCE, endpoint, message, options, retries, settled, system_time};

/// How often each message is tried at most.
const ATTEMPTS: u32 = 4;
const ENDPOINTS: [&str; 4] = ["plain", "fifo", "single", "paced"];
const TURNS: usize = 150;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// What a receiver does with a message, whoever asks and however often.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It takes it after so many failures.
    Taken(usize),
    Refused,
    Redirected,
    /// It answers 500 to all.
    Failing,
    /// It breaks off each connection.
    Broken,
}

impl Fate {
    fn any(random: &mut Random) -> Self {
        match random.below(10) {
            0 => Self::Refused,
            1 => Self::Redirected,
            2 => Self::Failing,
            3 => Self::Broken,
            4 => Self::Taken(1),
            5 => Self::Taken(ATTEMPTS as usize - 1),
            _ => Self::Taken(0),
        }
    }

    fn reply(self, came: usize) -> Reply {
        match self {
            Self::Taken(failures) if came >= failures => Reply::status(200),
            Self::Taken(_) => Reply::status(503),
            Self::Refused => Reply::status(422),
            Self::Redirected => Reply::status(307).header("location", "/elsewhere"),
            Self::Failing => Reply::status(500),
            Self::Broken => Reply::raw(b"garbage"),
        }
    }

    /// The state and the reason at the end, and whether all attempts were made for it.
    fn end(self) -> (DeliveryState, Option<&'static str>, Option<u32>) {
        match self {
            Self::Taken(_) => (DeliveryState::Delivered, None, None),
            Self::Refused => (DeliveryState::Dead, Some("rejected"), Some(1)),
            Self::Redirected => (DeliveryState::Dead, Some("redirected"), Some(1)),
            Self::Failing | Self::Broken => {
                (DeliveryState::Dead, Some("exhausted"), Some(ATTEMPTS))
            }
        }
    }
}

#[derive(Default)]
struct World {
    fates: Mutex<HashMap<String, Fate>>,
    came: Mutex<HashMap<String, usize>>,
    /// Milliseconds by which the clock is wrong.
    clock: AtomicI64,
}

fn sender_options(world: &Arc<World>) -> SenderOptions {
    let moment = Duration::from_millis(1);
    let health = HealthPolicy::new().without_circuit().without_disabling();
    let world = world.clone();
    options()
        .retry_policy(retries(ATTEMPTS as usize, 15))
        .health_policy(health.with_throttle_pauses(moment, moment))
        .clock(move || {
            let difference = world.clock.load(Ordering::Relaxed);
            UnixTime::from_millis(system_time().millis().saturating_add_signed(difference))
        })
}

async fn play(seed: u64) {
    let mut random = Random(seed);
    let world = Arc::new(World::default());
    let seen = world.clone();
    let receiver = Receiver::new(move |request, number| {
        let fate = seen.fates.lock().unwrap()[request.id()];
        let mut came = seen.came.lock().unwrap();
        let count = came.entry(request.id().to_owned()).or_default();
        let reply = fate.reply(*count);
        *count += 1;
        reply.after(Duration::from_millis(number as u64 * 7 % 20))
    })
    .await;
    let outbox = Outbox::new();
    let senders: Vec<Sender> = (0..2)
        .map(|_| outbox.open_with(sender_options(&world)))
        .collect();
    let register = async |id: &str| {
        let endpoint = endpoint(id, &receiver).concurrency(4);
        let endpoint = match id {
            "fifo" => endpoint.fifo(),
            "single" => endpoint.concurrency(1),
            "paced" => endpoint.per_second(200.0),
            _ => endpoint,
        };
        senders[0].put_endpoint(&endpoint).await.unwrap();
    };
    for id in ENDPOINTS {
        register(id).await;
    }
    let mut dispatchers: [Option<Dispatcher>; 2] = [None, None];
    let mut sent: BTreeMap<usize, (String, &str)> = BTreeMap::new();
    let mut cuts = 0;
    for _ in 0..TURNS {
        let which = random.below(2) as usize;
        match random.below(20) {
            0..11 => {
                let to = ENDPOINTS[random.below(4) as usize];
                let mut batch = Vec::new();
                for _ in 0..=random.below(4) {
                    let number = sent.len() + batch.len();
                    let id = format!("evt-{number}");
                    let fate = Fate::any(&mut random);
                    world.fates.lock().unwrap().insert(id.clone(), fate);
                    batch.push(message(number).id(id));
                }
                let stored = senders[which]
                    .send_many(batch.iter().map(|it| (to, it)))
                    .await;
                for stored in stored.unwrap() {
                    let stored = stored.unwrap();
                    assert!(stored.is_new);
                    sent.insert(sent.len(), (stored.id, to));
                }
            }
            11..14 => match dispatchers[which].take() {
                Some(dispatcher) => {
                    cuts += 1;
                    match random.below(3) {
                        0 => drop(dispatcher),
                        1 => drop(dispatcher.stop(Duration::ZERO).await),
                        _ => assert!(dispatcher.stop(PATIENCE).await),
                    }
                }
                None => dispatchers[which] = Some(senders[which].start().unwrap()),
            },
            14 => {
                let step = random.below(12 * 3_600_000) as i64 - 6 * 3_600_000;
                world.clock.store(step, Ordering::Relaxed);
            }
            15 => register(ENDPOINTS[random.below(4) as usize]).await,
            16 if !sent.is_empty() => {
                // The same once more changes nothing.
                let number = random.below(sent.len() as u64) as usize;
                let (id, to) = &sent[&number];
                let again = senders[which].send(to, &message(0).id(id)).await.unwrap();
                assert!(!again.is_new);
            }
            _ => tokio::time::sleep(Duration::from_millis(random.below(40))).await,
        }
    }
    if dispatchers.iter().all(Option::is_none) {
        dispatchers[0] = Some(senders[0].start().unwrap());
    }
    settled(&senders[0]).await;
    for dispatcher in dispatchers.into_iter().flatten() {
        assert!(dispatcher.stop(PATIENCE).await);
    }

    let deliveries = senders[1]
        .deliveries(&DeliveryFilter::new(), u32::MAX)
        .await
        .unwrap();
    assert_eq!(deliveries.len(), sent.len());
    let mut requests = 0;
    for delivery in &deliveries {
        let id = &delivery.message_id;
        let fate = world.fates.lock().unwrap()[id];
        let (state, reason, attempts) = fate.end();
        let context = format!("{fate:?} {delivery:?}");
        assert_eq!(
            (delivery.state, delivery.reason.as_deref()),
            (state, reason),
            "{context}"
        );
        if let Some(attempts) = attempts {
            assert_eq!(delivery.attempts, attempts, "{context}");
        }
        let recorded = senders[0]
            .attempts(delivery.number, u32::MAX)
            .await
            .unwrap();
        let cut = recorded
            .iter()
            .filter(|it| it.error.as_deref() == Some("interrupted"))
            .count();
        let came = world
            .came
            .lock()
            .unwrap()
            .get(id)
            .copied()
            .unwrap_or_default();
        requests += came;
        // One that was cut off may not have come; whatever came is recorded.
        assert!(
            came <= recorded.len() && recorded.len() <= came + cut,
            "{came} {cut} {context}"
        );
        // When the clock is set ahead, another may take over what is under way, which then counts
        // once.
        let ended = recorded.len() - cut;
        assert!(ended >= delivery.attempts as usize && ended <= delivery.attempts as usize + cut);
    }
    println!(
        "seed {seed}: {} messages, {requests} requests, {cuts} stops",
        sent.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_message_ends_as_its_policy_says() {
    // One of its own to look closer.
    if let Ok(seed) = std::env::var("COUNTERSIGN_TEST_SEED") {
        return play(seed.parse().unwrap()).await;
    }
    for seed in 0..8 {
        println!("seed {seed} begins");
        play(seed).await;
    }
}
