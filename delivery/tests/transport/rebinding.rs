//! Names whose addresses change between two looks at them.

use countersign::DestinationRules;
use countersign_delivery::transport::ErrorClass;
use tokio::io::AsyncWriteExt;

use super::support::{
    Answers, OK, Server, class_of, networks, post, read_request, resolving_with, serve,
};

/// An endpoint at 127.0.0.2, which is allowed, and one at the same port of 127.0.0.1, which is not.
async fn endpoints(keeps_connections: bool) -> (Server, Server, String) {
    let allowed = serve("127.0.0.2:0", move |mut socket| async move {
        while read_request(&mut socket).await.is_some() {
            let answer: &[u8] = match keeps_connections {
                true => OK,
                false => b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            };
            socket.write_all(answer).await.unwrap();
            if !keeps_connections {
                return;
            }
        }
    })
    .await;
    let forbidden = serve(&format!("127.0.0.1:{}", allowed.port), |_| async {}).await;
    let url = format!("http://hooks.example.com:{}/in", allowed.port);
    (allowed, forbidden, url)
}

fn rules() -> DestinationRules {
    let rules = DestinationRules::new().allow_http(true);
    rules.allow(networks(&["127.0.0.2"]))
}

#[tokio::test]
async fn the_addresses_that_were_checked_are_connected_to() {
    let (allowed, forbidden, url) = endpoints(true).await;
    let resolver = Answers::new(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let transport = resolving_with(resolver.clone());
    for _ in 0..3 {
        let attempt = post(&transport, &url, &rules()).await;
        assert_eq!(attempt.outcome.unwrap().status, 200);
    }
    // There was no second look between the check and the connection.
    assert_eq!((resolver.asked(), allowed.connections()), (1, 1));
    forbidden.stays_silent().await;
}

#[tokio::test]
async fn each_new_connection_is_checked() {
    let (allowed, forbidden, url) = endpoints(false).await;
    let resolver = Answers::new(&[&["127.0.0.2"], &["127.0.0.2"], &["127.0.0.1"]]);
    let transport = resolving_with(resolver.clone());
    for _ in 0..2 {
        let attempt = post(&transport, &url, &rules()).await;
        assert_eq!(attempt.outcome.unwrap().status, 200);
    }
    let attempt = post(&transport, &url, &rules()).await;
    assert_eq!(class_of(&attempt), ErrorClass::Forbidden);
    assert_eq!((resolver.asked(), allowed.connections()), (3, 2));
    forbidden.stays_silent().await;
}

#[tokio::test]
async fn an_address_that_refuses_does_not_open_the_way_to_a_bad_one() {
    let (allowed, forbidden, url) = endpoints(true).await;
    for answer in [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]] {
        let transport = resolving_with(Answers::new(&[&answer]));
        let attempt = post(&transport, &url, &rules()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Forbidden);
    }
    allowed.stays_silent().await;
    forbidden.stays_silent().await;
}

#[tokio::test]
async fn a_second_address_is_tried_where_the_first_refuses() {
    let (allowed, _forbidden, url) = endpoints(true).await;
    let rules = rules().allow(networks(&["127.0.0.2", "127.0.0.3"]));
    let transport = resolving_with(Answers::new(&[&["127.0.0.3", "127.0.0.2"]]));
    let attempt = post(&transport, &url, &rules).await;
    assert_eq!(attempt.outcome.unwrap().status, 200);
    assert_eq!(allowed.connections(), 1);
}
