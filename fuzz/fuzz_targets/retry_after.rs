//! Answers of endpoints: eight bytes of time, then the value of `Retry-After`.

#![no_main]

use std::time::Duration;

use countersign::{Decision, Outcome, RetryPolicy, UnixTime};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((now, value)) = data.split_first_chunk() else {
        return;
    };
    let Ok(value) = std::str::from_utf8(value) else {
        return;
    };
    let now = UnixTime::from_seconds(u64::from_le_bytes(*now));
    let outcome = Outcome::Response {
        status: 429,
        retry_after: Some(value),
    };
    let day = Duration::from_secs(86_400);
    match RetryPolicy::standard().decide(1, &outcome, now, 0) {
        Decision::RetryAt(at) => assert!(now <= at && at <= now.saturating_add(day)),
        other => panic!("{other:?}"),
    }
});
