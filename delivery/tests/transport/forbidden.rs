//! No URL and no answer of a resolver leads to an address that is not allowed: a listener on both
//! loopback addresses must stay silent.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use countersign::{Destination, DestinationRules};
use countersign_delivery::transport::ErrorClass;
use serde_json::Value;

use super::support::{
    Answers, OK, Server, answering, class_of, everything, local, networks, post, resolving_with,
    serve, transport,
};

fn cases(file: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(file["cases"].take()).unwrap()
}

/// Listens at the same port of both loopback addresses.
async fn listeners() -> (Server, Server) {
    loop {
        let first = serve("127.0.0.1:0", |_| async {}).await;
        let address = format!("[::1]:{}", first.port);
        if std::net::TcpListener::bind(&address).is_ok() {
            return (first, serve(&address, |_| async {}).await);
        }
    }
}

/// The URL with this port in place of its own, if its authority ends where it seems to.
fn at_port(url: &str, port: u16) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once(':') {
        Some((_, after)) if !after.contains(']') => url.to_owned(),
        _ => format!("{scheme}://{authority}:{port}{path}"),
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_refused_url() {
    let (ipv4, ipv6) = listeners().await;
    let transport = transport();
    let (mut refused, mut judged_again) = (0, 0);
    for case in cases("destination.json") {
        if case["expect"]["verdict"] != "reject" {
            continue;
        }
        let allowed: Vec<String> = serde_json::from_value(case["networks"].clone()).unwrap();
        let rules = DestinationRules::new().allow(networks(&borrowed(&allowed)));
        let rules = rules.allow_http(case["allow_http"] == true);
        let url = case["url"].as_str().unwrap();
        for url in [url.to_owned(), at_port(url, ipv4.port)] {
            assert!(Destination::parse(&url, &rules).is_err(), "{url}");
            refused += 1;
            // What only the rules speak against is refused when it is sent, too.
            if Destination::parse(&url, &everything()).is_ok() {
                let attempt = post(&transport, &url, &rules).await;
                assert_eq!(class_of(&attempt), ErrorClass::Forbidden, "{url}");
                judged_again += 1;
            }
        }
    }
    assert!(refused >= 400, "{refused}");
    assert!(judged_again >= 70, "{judged_again}");
    ipv4.stays_silent().await;
    ipv6.stays_silent().await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_refused_answer_of_a_resolver() {
    let (ipv4, ipv6) = listeners().await;
    let url = format!("http://hooks.example.com:{}/in", ipv4.port);
    let mut answers = Vec::new();
    for case in cases("destination-addresses.json") {
        if case["expect"]["verdict"] != "reject" {
            continue;
        }
        let texts =
            |part: &str| -> Vec<String> { serde_json::from_value(case[part].clone()).unwrap() };
        let addresses = texts("addresses");
        if addresses.is_empty() {
            continue;
        }
        // The last two would reach the listeners if one bad answer were not enough.
        for more in [&[][..], &["127.0.0.1"], &["::1"]] {
            let answer = addresses
                .iter()
                .map(String::as_str)
                .chain(more.iter().copied());
            let answer: Vec<String> = answer.map(str::to_owned).collect();
            answers.push((answer, texts("networks")));
        }
    }
    assert!(answers.len() >= 400, "{}", answers.len());

    let script: Vec<Vec<&str>> = answers.iter().map(|(answer, _)| borrowed(answer)).collect();
    let script: Vec<&[&str]> = script.iter().map(Vec::as_slice).collect();
    let resolver = Answers::new(&script);
    let transport = resolving_with(resolver.clone());
    for (answer, allowed) in &answers {
        let rules = DestinationRules::new().allow_http(true);
        let rules = rules.allow(networks(&borrowed(allowed)));
        let attempt = post(&transport, &url, &rules).await;
        assert_eq!(class_of(&attempt), ErrorClass::Forbidden, "{answer:?}");
    }
    assert_eq!(resolver.asked(), answers.len());
    ipv4.stays_silent().await;
    ipv6.stays_silent().await;
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// What the silence of the others is worth.
#[tokio::test]
async fn the_listeners_are_heard_where_they_are_allowed() {
    let (ipv4, ipv6) = listeners().await;
    let rules = DestinationRules::new()
        .allow_http(true)
        .allow(networks(&["127.0.0.1", "::1"]));
    let url = format!("http://hooks.example.com:{}/in", ipv4.port);
    post(
        &resolving_with(Answers::new(&[&["127.0.0.1"]])),
        &url,
        &rules,
    )
    .await;
    post(&resolving_with(Answers::new(&[&["::1"]])), &url, &rules).await;
    post(
        &transport(),
        &format!("http://[::1]:{}/", ipv6.port),
        &rules,
    )
    .await;
    assert_eq!((ipv4.connections(), ipv6.connections()), (1, 2));
}

#[tokio::test]
async fn a_connection_of_other_rules_is_not_used() {
    let server = answering(OK).await;
    let transport = transport();
    let allowed = post(&transport, &server.url(), &local()).await;
    assert_eq!(allowed.outcome.unwrap().status, 200);
    let strict = DestinationRules::new().allow_http(true);
    let attempt = post(&transport, &server.url(), &strict).await;
    assert_eq!(class_of(&attempt), ErrorClass::Forbidden);
    // The same address and more: rules of another endpoint, and so another connection.
    let wider = strict.allow(networks(&["127.0.0.0/8"]));
    assert!(
        post(&transport, &server.url(), &wider)
            .await
            .outcome
            .is_ok()
    );
    assert_eq!(server.connections(), 2);
    assert!(
        post(&transport, &server.url(), &local())
            .await
            .outcome
            .is_ok()
    );
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn more_rules_than_clients_are_kept_work() {
    let server = answering(OK).await;
    let transport = transport();
    for number in 0..200_u8 {
        let other = IpAddr::from([10, 0, 0, number]).to_string();
        let rules = local().allow(networks(&["127.0.0.1", &other]));
        assert!(
            post(&transport, &server.url(), &rules)
                .await
                .outcome
                .is_ok()
        );
    }
    assert_eq!(server.connections(), 200);
}

#[tokio::test]
async fn http_is_sent_only_where_it_is_allowed() {
    let server = serve("127.0.0.1:0", |_| async {}).await;
    let rules = DestinationRules::new().allow(networks(&["127.0.0.1"]));
    let attempt = post(&transport(), &server.url(), &rules).await;
    assert_eq!(class_of(&attempt), ErrorClass::Forbidden);
    server.stays_silent().await;
}
