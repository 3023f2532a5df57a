//! What a dispatcher decides. Times are in milliseconds.

use alloc::vec::Vec;

use countersign::dispatch::{Manner, Pace, Standing, Waiting};
use countersign::{Availability, DisableReason, UnixTime};
use wasm_bindgen::prelude::wasm_bindgen;

/// What is sent next of what waits for an endpoint.
///
/// `state` is a word as the availability has it, or why the endpoint is disabled. `numbers` are the
/// end of its pause, how many are under way, until when it is blocked, up to which microsecond its
/// pace is used up, how many a second (NaN for any), for how many there is room, and the clock. Then
/// for each that waits when it is due, negative and one less if it is a replay.
///
/// Gives whether all are given up, when to look again (NaN if something else tells), up to which
/// microsecond the pace is used up (NaN if it stays), whether a block ends, and the places of what is
/// sent.
#[wasm_bindgen]
pub fn choose(state: &str, fifo: bool, numbers: &[f64], waiting: &[f64]) -> Vec<f64> {
    let number = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    let time = |place: usize| UnixTime::from_millis(number(place) as u64);
    let availability = Availability::named(state, time(0));
    let unknown = Availability::Disabled(DisableReason::Manual);
    let mut standing = Standing::new(availability.unwrap_or(unknown));
    standing.running = number(1) as u64;
    standing.blocked_until = time(2);
    standing.paced_until_us = number(3) as u64;
    let manner = Manner::new(fifo, Pace::per_second(number(4)));
    let waiting = waiting.iter().map(|due| match *due < 0.0 {
        true => Waiting::new(UnixTime::from_millis((-due - 1.0) as u64), true),
        false => Waiting::new(UnixTime::from_millis(*due as u64), false),
    });
    let waiting: Vec<_> = waiting.collect();
    let choice = standing.choose(&manner, &waiting, number(5) as usize, time(6));
    let mut chosen = Vec::with_capacity(4 + choice.taken.len());
    chosen.push(f64::from(u8::from(choice.buries)));
    chosen.push(choice.next.map_or(f64::NAN, |next| next.millis() as f64));
    chosen.push(choice.paced_until_us.map_or(f64::NAN, |until| until as f64));
    chosen.push(f64::from(u8::from(choice.unblocks)));
    chosen.extend(choice.taken.iter().map(|place| *place as f64));
    chosen
}
