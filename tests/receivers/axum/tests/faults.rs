//! A process that is killed and a disk that is full: what was acknowledged is handled, once, and
//! what is refused says why.
#![cfg(unix)]

mod server;

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use server::{Place, deliver};

fn is(verdict: &(u16, String), status: u16, word: &str) -> bool {
    *verdict == (status, word.to_owned())
}

fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{prefix} {number}"))
        .collect()
}

#[test]
fn what_a_killed_process_was_handling_is_handled_after_its_lease() -> Result<()> {
    let place = Place::new()?;
    let server = place.start()?;
    let (quick, slow) = (ids("quick", 20), ids("slow", 8));
    for id in &quick {
        assert!(is(&server.deliver(id, "quick")?, 200, "handled"));
    }
    let address = server.address();
    let sent = slow.clone().into_iter();
    let waiting: Vec<_> = sent
        .map(|id| thread::spawn(move || deliver(address, &id, "slow")))
        .collect();
    place.await_in_progress(8)?;
    server.kill()?;
    for delivery in waiting {
        let answer = delivery.join().map_err(|_| anyhow!("a sender panicked"))?;
        assert!(answer.is_err(), "acknowledged, and not handled: {answer:?}");
    }

    let server = place.start()?;
    for id in &quick {
        assert!(is(&server.deliver(id, "quick")?, 200, "duplicate"));
    }
    for id in &slow {
        assert!(is(&server.deliver(id, "slow")?, 409, "event_in_progress"));
    }
    assert!(server.handled()?.is_empty());
    place.end_leases()?;
    // Their type decides what their handler does; the key is what was claimed.
    for id in &slow {
        assert!(is(&server.deliver(id, "quick")?, 200, "handled"));
        assert!(is(&server.deliver(id, "slow")?, 200, "duplicate"));
    }
    assert_eq!(server.handled()?, slow);
    Ok(())
}

#[test]
fn a_process_that_is_killed_at_any_point_loses_and_repeats_nothing() -> Result<()> {
    let place = Place::new()?;
    let (mut acknowledged, mut unanswered) = (BTreeSet::new(), BTreeSet::new());
    for turn in 0..6 {
        let server = place.start()?;
        let address = server.address();
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                thread::spawn(move || {
                    let ids = ids(&format!("turn {turn}, sender {sender}, event"), 10_000);
                    let mut sent = Vec::new();
                    for id in ids {
                        let answer = deliver(address, &id, "quick");
                        let has_ended = answer.is_err();
                        sent.push((id, answer));
                        if has_ended {
                            break;
                        }
                    }
                    sent
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(150 + 70 * turn));
        server.kill()?;
        for sender in senders {
            let sent = sender.join().map_err(|_| anyhow!("a sender panicked"))?;
            for (id, answer) in sent {
                match answer {
                    Ok(verdict) => {
                        assert!(is(&verdict, 200, "handled"), "{verdict:?}");
                        acknowledged.insert(id);
                    }
                    Err(_) => {
                        unanswered.insert(id);
                    }
                }
            }
        }
    }
    assert!(!acknowledged.is_empty() && !unanswered.is_empty());

    place.end_leases()?;
    let server = place.start()?;
    for id in &acknowledged {
        let verdict = server.deliver(id, "quick")?;
        assert!(is(&verdict, 200, "duplicate"), "{id}: {verdict:?}");
    }
    for id in &unanswered {
        let (status, word) = server.deliver(id, "quick")?;
        // Either it was not handled, or the process died between the note of it and the answer.
        assert!(status == 200, "{id}: {word}");
    }
    let handled: BTreeSet<_> = server.handled()?.into_iter().collect();
    assert!(handled.is_subset(&unanswered));
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_and_loses_nothing_that_was_acknowledged() -> Result<()> {
    use std::process::Command;

    let place = Place::new()?;
    let server = place.start_with_full_disk(400)?;
    let (mut acknowledged, mut refused) = (Vec::new(), Vec::new());
    for id in ids("event", 400) {
        let verdict = server.deliver(&id, "quick")?;
        match is(&verdict, 200, "handled") {
            true => acknowledged.push(id),
            false => {
                assert!(is(&verdict, 503, "store_unavailable"), "{verdict:?}");
                refused.push(id);
            }
        }
    }
    assert!(!acknowledged.is_empty() && !refused.is_empty());
    assert_eq!(server.handled()?, acknowledged);

    // The disk has room again.
    let id = server.id().to_string();
    let arguments = ["--pid", &id, "--fsize=unlimited"];
    let status = Command::new("prlimit").args(arguments).status();
    assert!(status.context("prlimit of util-linux is absent")?.success());
    for id in &refused {
        assert!(is(&server.deliver(id, "quick")?, 200, "handled"));
    }
    for id in acknowledged.iter().chain(&refused) {
        let (status, word) = server.deliver(id, "quick")?;
        // The note that an event was handled may be what did not fit any more.
        assert!(matches!(
            (status, &*word),
            (200, "duplicate") | (409, "event_in_progress")
        ));
    }
    assert_eq!(server.handled()?, [acknowledged, refused].concat());
    Ok(())
}
