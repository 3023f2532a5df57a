//! Nothing that the core allocates grows with the body.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use countersign::monitor::{Monitor, Observation};
use countersign::scheme::catalog;
use countersign::{Message, Request, Scheme, Secret, SignedHeaders, UnixTime, Webhook};

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

/// Counts what each thread allocates.
struct Counting;

thread_local! {
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { calls: 0, bytes: 0 }) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    calls: usize,
    bytes: usize,
}

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Counts { calls, bytes } = COUNTS.get();
        COUNTS.set(Counts {
            calls: calls + 1,
            bytes: bytes + layout.size(),
        });
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocated<T>(action: impl FnOnce() -> T) -> (Counts, T) {
    let before = COUNTS.get();
    let result = action();
    let after = COUNTS.get();
    let counts = Counts {
        calls: after.calls - before.calls,
        bytes: after.bytes - before.bytes,
    };
    (counts, result)
}

/// What signing, verifying and parsing a body of about this size allocate.
fn counts(webhook: &Webhook, size: usize) -> [Counts; 3] {
    let filler = r#"{"name": "a b", "tags": [1, true, null]}, "#.repeat(size / 42);
    let body = format!(r#"{{"id": "evt_1", "type": "t", "data": [{filler}0]}}"#);
    let body = body.as_bytes();
    let url = "https://example.com/hooks";
    let message = Message::new(body).id("msg_1").method("POST").url(url);
    let (signing, headers) = allocated(|| webhook.sign_message(&message, NOW));
    let headers: SignedHeaders = headers.expect("it signs");
    let request = Request::new(&headers, body).method("POST").url(url);
    let (verifying, verified) = allocated(|| webhook.verify(&request, NOW));
    let verified = verified.expect("it is signed");
    let (parsing, event) = allocated(|| verified.event());
    event.expect("it is an event");
    [signing, verifying, parsing]
}

#[test]
fn allocations_do_not_grow_with_the_body() {
    for entry in catalog() {
        let name = entry.name;
        let is = |part: &str, value: &str| entry.description.contains(&(part, value.into()));
        let has = |part: &str| entry.description.iter().any(|(known, _)| *known == part);
        // The first sort a form; the others have their timestamp or signature in the body.
        if is("content", "{url}{form}") || has("timestamp_field") || has("signature_field") {
            continue;
        }
        let is_ed25519 = is("key", "public-key") && is("algorithm", "ed25519");
        // Nobody but the provider signs as these do.
        if !is_ed25519 && (is("key", "public-key") || is("key", "identity")) {
            continue;
        }
        let text = if is_ed25519 {
            "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
        } else if is("key", "base64") {
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        } else if is("key", "hex") {
            "00ff"
        } else {
            "hush"
        };
        let scheme = Scheme::named(name).expect("it is registered");
        let secret = Secret::parse(text).expect("it is well-formed");
        let webhook = Webhook::new(scheme, [secret]).expect("it is of the scheme's form");
        let small = counts(&webhook, 64);
        let large = counts(&webhook, 1 << 20);
        // Ed25519 reads what it signs twice, and so puts its parts together.
        let compared = usize::from(is_ed25519)..;
        assert_eq!(
            small[compared.clone()],
            large[compared],
            "{name}: sign, verify, event"
        );
        println!("{name}: sign, verify, event: {small:?}");
    }
}

/// One secret, one signature and no headers that only describe the event: nothing to put anywhere.
#[test]
fn a_plain_verification_allocates_nothing() {
    let secret =
        Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("it is well-formed");
    let webhook = Webhook::new(Scheme::STANDARD, [secret]).expect("it is of the scheme's form");
    let [_, verifying, _] = counts(&webhook, 4_096);
    assert_eq!(verifying, Counts { calls: 0, bytes: 0 });
}

/// It runs with every request.
#[test]
fn a_monitor_that_is_full_allocates_nothing() {
    let mut monitor = Monitor::new(NOW).with_recent(10);
    let receiver = monitor.watch("eu", "standard").expect("it is the first");
    let mut observation = Observation::new(NOW, 200, "handled", Duration::from_millis(3));
    observation.event_id = Some("msg_1");
    observation.event_type = Some("invoice.paid");
    for _ in 0..20 {
        monitor.observe(receiver, &observation);
    }
    let (observing, ()) = allocated(|| monitor.observe(receiver, &observation));
    assert_eq!(observing, Counts { calls: 0, bytes: 0 });
}
