//! Secrets at rest, and how they are replaced.

use countersign::Secret;
use countersign_delivery::{Endpoint, SenderOptions};

use crate::common::Receiver;
use crate::support::{
    OTHER_SECRET, Outbox, PATIENCE, SECRET, counts, endpoint, message, options, reasons, send_all,
    settled, until, verify,
};

fn sealing(key: u8) -> SenderOptions {
    options().encryption_key(&[key; 32]).unwrap()
}

/// Whether the text is anywhere in the files of the database.
fn is_on_disk(outbox: &Outbox, text: &str) -> bool {
    let folder = outbox.path();
    let files = std::fs::read_dir(folder.parent().unwrap()).unwrap();
    let mut contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    contents.any(|content| {
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[tokio::test]
async fn with_a_key_they_are_sealed() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open_with(sealing(1));
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    sender.rotate_secret("a", OTHER_SECRET).await.unwrap();
    for secret in [SECRET, OTHER_SECRET] {
        assert!(!is_on_disk(&outbox, &secret["whsec_".len()..]));
    }
    assert!(is_on_disk(&outbox, "sealed:1:"));
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 1).await;
    settled(&sender).await;
    assert_eq!(verify(&[SECRET], &receiver.all()[0]), Ok(0));
    assert_eq!(verify(&[OTHER_SECRET], &receiver.all()[0]), Ok(0));
    assert!(dispatcher.stop(PATIENCE).await);
    drop(sender);

    // Without the key all can be seen but the secrets, and nothing is lost.
    let keyless = outbox.open();
    assert_eq!(
        keyless.endpoint("a").await.unwrap().unwrap().secret_count,
        2
    );
    let code = |result: Result<(), countersign::Error>| result.unwrap_err().code();
    assert_eq!(code(keyless.retire_secrets("a").await), "unreadable_secret");
    assert_eq!(
        code(keyless.rotate_secret("a", SECRET).await),
        "unreadable_secret"
    );
    let dispatcher = keyless.start().unwrap();
    send_all(&keyless, "a", 1).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(counts(&keyless).await, [1, 0, 1, 0]);
    dispatcher.stop(PATIENCE).await;
    drop(keyless);

    // A new key, and the old one to open what it sealed.
    let sender = outbox.open_with(sealing(2).encryption_key(&[1; 32]).unwrap());
    let dispatcher = sender.start().unwrap();
    settled(&sender).await;
    sender.retire_secrets("a").await.unwrap();
    dispatcher.stop(PATIENCE).await;
    drop(sender);
    // What was sealed anew needs the old one no more.
    let sender = outbox.open_with(sealing(2));
    let dispatcher = sender.start().unwrap();
    send_all(&sender, "a", 1).await;
    settled(&sender).await;
    assert_eq!(receiver.count(), 3);
    assert_eq!(
        verify(&[SECRET], &receiver.all()[2]),
        Err("signature_mismatch")
    );
    assert_eq!(verify(&[OTHER_SECRET], &receiver.all()[2]), Ok(0));
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_rotation_overlaps() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    assert!(is_on_disk(&outbox, &SECRET["whsec_".len()..]));
    let dispatcher = sender.start().unwrap();
    let new = OTHER_SECRET;
    // Each with who can verify it: the old secret, the new one.
    for (turn, expected) in [[true, false], [true, true], [false, true]]
        .into_iter()
        .enumerate()
    {
        match turn {
            1 => sender.rotate_secret("a", new).await.unwrap(),
            2 => sender.retire_secrets("a").await.unwrap(),
            _ => {}
        }
        send_all(&sender, "a", 1).await;
        until("it arrives", async || receiver.count() == turn + 1).await;
        let received = &receiver.all()[turn];
        let verified = [SECRET, new].map(|secret| verify(&[secret], received).is_ok());
        assert_eq!(verified, expected, "{turn}");
        // Receivers that know both take it at any time.
        assert!(verify(&[SECRET, new], received).is_ok());
    }
    assert_eq!(sender.endpoint("a").await.unwrap().unwrap().secret_count, 1);
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn endpoints_without_their_own_use_those_of_the_sender() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let secrets = [OTHER_SECRET, SECRET].map(|secret| Secret::parse(secret).unwrap());
    let own = options()
        .webhook(countersign::Scheme::STANDARD, secrets)
        .unwrap();
    let sender = outbox.open_with(own);
    let bare = Endpoint::new("a", receiver.url("a"))
        .allow_http()
        .allow_network("127.0.0.1");
    sender.put_endpoint(&bare).await.unwrap();
    let error = sender.rotate_secret("a", SECRET).await.unwrap_err();
    assert_eq!(error.code(), "no_secrets");
    let dispatcher = sender.start().unwrap();
    sender.send("a", &message(1)).await.unwrap();
    settled(&sender).await;
    for secret in [SECRET, OTHER_SECRET] {
        assert_eq!(verify(&[secret], &receiver.all()[0]), Ok(0));
    }
    dispatcher.stop(PATIENCE).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_signed_is_dead_and_no_fault_of_the_endpoint() {
    let receiver = Receiver::ok().await;
    let outbox = Outbox::new();
    let sender = outbox.open();
    sender
        .put_endpoint(&endpoint("a", &receiver))
        .await
        .unwrap();
    let dispatcher = sender.start().unwrap();
    // A dot ends the id in the signed content of this scheme.
    for number in 0..20 {
        sender
            .send("a", &message(1).id(format!("evt.{number}")))
            .await
            .unwrap();
    }
    settled(&sender).await;
    assert_eq!(counts(&sender).await, [0, 0, 0, 20]);
    assert_eq!(reasons(&sender).await, ["malformed_header"]);
    let health = sender.endpoint("a").await.unwrap().unwrap().health;
    assert_eq!(health, countersign::EndpointHealth::new());
    assert_eq!(receiver.count(), 0);
    sender.send("a", &message(1)).await.unwrap();
    until("the next one arrives", async || receiver.count() == 1).await;
    dispatcher.stop(PATIENCE).await;
}
