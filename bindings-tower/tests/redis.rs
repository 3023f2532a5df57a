//! The store in Redis, against a server that the tests start.
#![cfg(feature = "redis")]

#[path = "common/redis_server.rs"]
mod redis_server;

use std::time::{Duration, Instant};

use countersign::{GuardError, RateLimit};
use countersign_tower::{RateStore, RedisStore, ReplayStore};
use redis_server::Server;

const LEASE: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);

fn store(server: &Server) -> RedisStore {
    RedisStore::open(&server.url()).unwrap()
}

#[tokio::test]
async fn a_key_is_claimed_handled_and_released() {
    let server = Server::start().await;
    let store = store(&server);
    let token = store.claim("key", LEASE).await.unwrap();
    let in_progress = GuardError::EventInProgress {
        retry_after: Duration::from_secs(10),
    };
    assert_eq!(store.claim("key", LEASE).await, Err(in_progress.clone()));
    // Another's token releases nothing.
    store.release("key", "0123").await.unwrap();
    assert_eq!(store.claim("key", LEASE).await, Err(in_progress));
    store.release("key", &token).await.unwrap();
    let token = store.claim("key", LEASE).await.unwrap();
    store.complete("key", &token, DAY).await.unwrap();
    store.release("key", &token).await.unwrap();
    let again = store.claim("key", LEASE).await;
    assert_eq!(again, Err(GuardError::DuplicateEvent));
}

#[tokio::test]
async fn leases_and_lifetimes_end() {
    let server = Server::start().await;
    let store = store(&server);
    let lost = store.claim("key", Duration::from_millis(40)).await.unwrap();
    let refused = store.claim("key", LEASE).await.unwrap_err();
    assert!(refused.retry_after().unwrap() <= Duration::from_millis(40));
    tokio::time::sleep(Duration::from_millis(60)).await;
    let token = store.claim("key", LEASE).await.unwrap();
    // The claim that was lost with its lease is not its successor.
    store.release("key", &lost).await.unwrap();
    assert!(store.claim("key", LEASE).await.is_err());
    let lifetime = Duration::from_millis(40);
    store.complete("key", &token, lifetime).await.unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(store.claim("key", LEASE).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_connections_one_gets_each_key() {
    let server = Server::start().await;
    let stores = [store(&server), store(&server)];
    for key in 0..50 {
        let attempts: Vec<_> = (0..8)
            .map(|number| {
                let store = stores[number % 2].clone();
                let key = format!("key {key}");
                tokio::spawn(async move { store.claim(&key, LEASE).await })
            })
            .collect();
        let mut claimed = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(_) => claimed += 1,
                Err(refusal) => assert_eq!(refusal.code(), "event_in_progress"),
            }
        }
        assert_eq!(claimed, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_connections_count_together() {
    let server = Server::start().await;
    let stores = [store(&server), store(&server)];
    let limit = RateLimit::new(30, Duration::from_secs(3_600)).unwrap();
    let calls: Vec<_> = (0..60)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { store.admit("192.0.2.7", limit).await })
        })
        .collect();
    let mut admitted = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(()) => admitted += 1,
            Err(refusal) => {
                let wait = refusal.retry_after().unwrap();
                assert!(wait > Duration::from_secs(3_500) && wait < Duration::from_secs(3_800));
            }
        }
    }
    assert_eq!(admitted, 30);
    assert!(stores[0].admit("192.0.2.8", limit).await.is_ok());
}

#[tokio::test]
async fn a_server_that_is_down_is_a_store_that_is_down_until_it_is_back() {
    let mut server = Server::start().await;
    let store = store(&server);
    store.claim("key", LEASE).await.unwrap();
    server.stop();
    for _ in 0..3 {
        let refused = store.claim("key", LEASE).await;
        assert_eq!(refused, Err(GuardError::StoreUnavailable));
    }
    server.start_again().await;
    let start = Instant::now();
    // It has forgotten the scripts and the claims.
    while store.claim("key", LEASE).await.is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not come back"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_store_opens_before_its_server() {
    let mut server = Server::start().await;
    server.stop();
    let store = store(&server);
    let limit = RateLimit::new(1, Duration::from_secs(60)).unwrap();
    let refused = store.admit("192.0.2.7", limit).await;
    assert_eq!(refused, Err(GuardError::StoreUnavailable));
    server.start_again().await;
    let start = Instant::now();
    while store.admit("192.0.2.7", limit).await.is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not connect"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_claim_that_comes_too_late_is_given_back() {
    // The second is as long as the connection itself waits.
    for timeout in [Duration::from_millis(100), Duration::from_secs(2)] {
        let server = Server::start().await;
        let store = store(&server).with_timeout(timeout);
        let token = store.claim("key", LEASE).await.unwrap();
        store.release("key", &token).await.unwrap();
        server.signal("-STOP");
        let refused = store.claim("key", LEASE).await;
        server.signal("-CONT");
        assert_eq!(refused, Err(GuardError::StoreUnavailable));
        let start = Instant::now();
        while store.claim("key", LEASE).await.is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "the late claim holds the key"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_url_is_refused_without_being_quoted() {
    let error = RedisStore::open("http://user:a-password@127.0.0.1/").unwrap_err();
    assert!(!error.to_string().contains("password"));
}
