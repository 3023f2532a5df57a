//! What is published reaches those that want it.

use std::collections::BTreeSet;

use countersign_delivery::{DeliveryState, Message, Sender};

use crate::common::Receiver;
use crate::support::{Outbox, PATIENCE, counts, endpoint, settled};

/// The endpoints that a message of this type and owner reaches, if it is published.
async fn reached(sender: &Sender, event_type: &str, owner: &str) -> Vec<String> {
    let message = Message::new(event_type, "data").unwrap().owner(owner);
    let sent = sender.publish(&message).await.unwrap();
    assert!(sent.is_new);
    let deliveries = sender.deliveries_of(&sent.id).await.unwrap();
    assert!(deliveries.iter().all(|it| it.event_type == event_type));
    deliveries
        .into_iter()
        .filter_map(|it| it.endpoint)
        .collect()
}

#[tokio::test]
async fn patterns_and_owners_choose_the_endpoints() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    let everything = endpoint("everything", &receiver);
    let star = endpoint("star", &receiver).event_types(["*"]);
    let invoices = endpoint("invoices", &receiver).event_types(["invoice.*", "invoice.paid"]);
    let paid = endpoint("paid", &receiver).event_types(["invoice.paid"]);
    let theirs = endpoint("theirs", &receiver)
        .owner("7")
        .event_types(["invoice.*"]);
    for endpoint in [&everything, &star, &invoices, &paid, &theirs] {
        sender.put_endpoint(endpoint).await.unwrap();
    }
    let all = ["everything", "star", "invoices", "paid"];
    assert_eq!(reached(&sender, "invoice.paid", "").await, all);
    assert_eq!(reached(&sender, "invoice.sent", "").await, all[..3]);
    assert_eq!(reached(&sender, "invoice.paid.late", "").await, all[..3]);
    for other in [
        "invoice",
        "invoice.",
        "Invoice.paid",
        "customer.deleted",
        "%",
        "_",
    ] {
        assert_eq!(reached(&sender, other, "").await, all[..2], "{other}");
    }
    assert_eq!(reached(&sender, "invoice.paid", "7").await, ["theirs"]);
    assert!(reached(&sender, "customer.deleted", "7").await.is_empty());
    assert!(reached(&sender, "invoice.paid", "8").await.is_empty());

    // What it wants and whose it is can change.
    sender
        .put_endpoint(&paid.event_types(["customer.*"]).owner("7"))
        .await
        .unwrap();
    assert_eq!(reached(&sender, "invoice.paid", "").await, all[..3]);
    assert_eq!(reached(&sender, "customer.deleted", "7").await, ["paid"]);
    let shown = sender.endpoint("paid").await.unwrap().unwrap();
    assert_eq!(
        (shown.event_types, shown.owner),
        (vec!["customer.*".into()], "7".into())
    );

    let shown = sender.endpoints("", 2).await.unwrap();
    let ids: Vec<_> = shown.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["everything", "invoices"]);
    assert_eq!(shown[1].event_types, ["invoice.*", "invoice.paid"]);
    assert_eq!(shown[0].event_types, ["*"]);
    let rest = sender.endpoints("invoices", 10).await.unwrap();
    let ids: Vec<_> = rest.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["paid", "star", "theirs"]);
}

#[tokio::test]
async fn one_payload_goes_to_all_but_those_that_are_disabled() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    for number in 0..20 {
        sender
            .put_endpoint(&endpoint(&format!("e{number}"), &receiver))
            .await
            .unwrap();
    }
    assert!(sender.disable("e3").await.unwrap());
    assert!(sender.delete_endpoint("e4").await.unwrap());
    let dispatcher = sender.start().unwrap();
    let event = Message::new("a", &1).unwrap().idempotency_key("once");
    let sent = sender.publish(&event).await.unwrap();
    let again = sender.publish(&event).await.unwrap();
    assert_eq!(
        (sent.is_new, again.is_new, &again.id),
        (true, false, &sent.id)
    );
    settled(&sender).await;
    let received = receiver.all();
    let paths: BTreeSet<_> = received.iter().map(|it| it.path.clone()).collect();
    assert_eq!((received.len(), paths.len()), (18, 18));
    assert!(!paths.contains("/e3") && !paths.contains("/e4"));
    assert!(
        received
            .iter()
            .all(|it| it.id() == sent.id && it.body == received[0].body)
    );
    let deliveries = sender.deliveries_of(&sent.id).await.unwrap();
    assert!(
        deliveries
            .iter()
            .all(|it| it.state == DeliveryState::Delivered)
    );

    // It was for those that were there.
    assert!(sender.enable("e3").await.unwrap());
    sender.publish(&event).await.unwrap();
    assert_eq!(counts(&sender).await, [0, 0, 18, 0]);
    // Nobody wants it, which is no failure.
    let lonely = Message::new("a", &1).unwrap().owner("nobody");
    assert!(sender.publish(&lonely).await.unwrap().is_new);
    dispatcher.stop(PATIENCE).await;
}
