//! Claims on dedupe keys, against a list that is searched from end to end.

use std::time::Duration;

use countersign::{ClaimToken, GuardError, Held, MemoryReplayGuard, UnixTime, decide_claim};
use proptest::prelude::*;

use crate::support::config;

#[derive(Debug, Clone)]
enum Step {
    Claim { key: u8, lease: u64 },
    Complete { key: u8, lifetime: u64 },
    Release { key: u8, of: usize },
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5_u8, 0..30_000_u64).prop_map(|(key, lease)| Step::Claim { key, lease }),
        2 => (0..5_u8, 0..30_000_u64).prop_map(|(key, lifetime)| Step::Complete { key, lifetime }),
        2 => (0..5_u8, 0..12_usize).prop_map(|(key, of)| Step::Release { key, of }),
        2 => (0..20_000_u64).prop_map(Step::Pass),
    ];
    prop::collection::vec(step, 1..60)
}

struct Entry {
    key: u8,
    until: u64,
    /// The number of the claim that is in progress; none once it was handled.
    claim: Option<usize>,
}

/// What the guard's documentation says, with all that is remembered in one list.
struct Model {
    capacity: usize,
    entries: Vec<Entry>,
}

impl Model {
    fn forget_ended(&mut self, now: u64) {
        self.entries.retain(|entry| now < entry.until);
    }

    fn hold(&mut self, entry: Entry) -> Result<(), GuardError> {
        let others = self.entries.iter().filter(|known| known.key != entry.key);
        if others.count() >= self.capacity {
            let handled = self.entries.iter().filter(|known| known.claim.is_none());
            let next = handled.map(|known| (known.until, known.key)).min();
            let (_, key) = next.ok_or(GuardError::StoreUnavailable)?;
            self.entries.retain(|known| known.key != key);
        }
        self.entries.retain(|known| known.key != entry.key);
        self.entries.push(entry);
        Ok(())
    }

    fn claim(&mut self, key: u8, number: usize, now: u64, lease: u64) -> Result<(), GuardError> {
        self.forget_ended(now);
        match self.entries.iter().find(|entry| entry.key == key) {
            Some(Entry { claim: None, .. }) => Err(GuardError::DuplicateEvent),
            Some(Entry { until, .. }) => Err(GuardError::EventInProgress {
                retry_after: Duration::from_millis((until - now).min(10_000)),
            }),
            None => self.hold(Entry {
                key,
                until: now + lease,
                claim: Some(number),
            }),
        }
    }

    fn complete(&mut self, key: u8, now: u64, lifetime: u64) {
        self.forget_ended(now);
        // A completion that finds no room is not noted.
        let _ = self.hold(Entry {
            key,
            until: now + lifetime,
            claim: None,
        });
    }

    fn release(&mut self, key: u8, number: usize) {
        let is_it = |entry: &Entry| entry.key == key && entry.claim == Some(number);
        self.entries.retain(|entry| !is_it(entry));
    }
}

/// Plays the steps on a guard and on the model.
fn claims_of(steps: &[Step], capacity: usize) -> Result<(), TestCaseError> {
    let mut guard = MemoryReplayGuard::new(capacity);
    let mut model = Model {
        capacity: capacity.max(1),
        entries: Vec::new(),
    };
    let mut tokens: Vec<(u8, ClaimToken)> = Vec::new();
    let mut now = 0;
    for step in steps {
        let at = UnixTime::from_millis(now);
        match step {
            Step::Claim { key, lease } => {
                let claimed = guard.claim(&key.to_string(), at, Duration::from_millis(*lease));
                let expected = model.claim(*key, tokens.len(), now, *lease);
                prop_assert_eq!(claimed.clone().map(drop), expected);
                if let Ok(token) = claimed {
                    prop_assert!(tokens.iter().all(|(_, known)| *known != token));
                    tokens.push((*key, token));
                }
            }
            Step::Complete { key, lifetime } => {
                guard.complete(&key.to_string(), at, Duration::from_millis(*lifetime));
                model.complete(*key, now, *lifetime);
            }
            // The token may be one of another key, or of a claim that is long lost.
            Step::Release { key, of } => {
                if let Some((_, token)) = tokens.get(*of) {
                    guard.release(&key.to_string(), *token);
                    model.release(*key, *of);
                }
            }
            Step::Pass(time) => now += time,
        }
        prop_assert!(guard.len() <= capacity.max(1));
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn with_room_for_all(steps in steps()) {
        claims_of(&steps, 100)?;
    }

    #[test]
    fn with_room_for_few(steps in steps(), capacity in 0..4_usize) {
        claims_of(&steps, capacity)?;
    }

    #[test]
    fn a_key_has_one_holder_and_stays_handled(steps in steps()) {
        const KEY: &str = "key";
        let mut guard = MemoryReplayGuard::new(10);
        let mut tokens: Vec<ClaimToken> = Vec::new();
        // Until when the last claim and the note of completion hold the key.
        let (mut claimed_until, mut handled_until) = (0, 0);
        let mut now = 0;
        for step in steps {
            let at = UnixTime::from_millis(now);
            match step {
                Step::Claim { lease, .. } => {
                    let claimed = guard.claim(KEY, at, Duration::from_millis(lease));
                    prop_assert_eq!(claimed.is_ok(), claimed_until <= now && handled_until <= now);
                    if let Ok(token) = claimed {
                        tokens.push(token);
                        claimed_until = now + lease;
                    }
                }
                Step::Complete { lifetime, .. } => {
                    guard.complete(KEY, at, Duration::from_millis(lifetime));
                    (claimed_until, handled_until) = (0, now + lifetime);
                }
                Step::Release { of, .. } => {
                    if let Some(token) = tokens.get(of) {
                        guard.release(KEY, *token);
                        if of + 1 == tokens.len() {
                            claimed_until = 0;
                        }
                    }
                }
                Step::Pass(time) => now += time,
            }
        }
    }

    #[test]
    fn decisions_depend_on_what_is_held_until_when(
        until in 0..40_000_u64,
        now in 0..40_000_u64,
    ) {
        let at = UnixTime::from_millis;
        let in_progress = decide_claim(Some(Held::InProgress { until: at(until) }), at(now));
        let handled = decide_claim(Some(Held::Handled { until: at(until) }), at(now));
        prop_assert_eq!(decide_claim(None, at(now)), Ok(()));
        if now >= until {
            prop_assert_eq!((in_progress, handled), (Ok(()), Ok(())));
        } else {
            let retry_after = Duration::from_millis((until - now).min(10_000));
            prop_assert_eq!(in_progress, Err(GuardError::EventInProgress { retry_after }));
            prop_assert_eq!(handled, Err(GuardError::DuplicateEvent));
        }
    }
}
