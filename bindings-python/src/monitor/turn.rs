//! Whose turn it is to use a monitor.
//!
//! A child of this process has a copy of each lock, and waits for ever for one that another thread
//! held when it was forked. So a fork takes the turn as well, and finds no lock held. Threads of
//! senders count without the interpreter: having it says nothing about them.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use pyo3::prelude::*;

/// Of all monitors of the process, since a turn takes moments. Not a lock of the system, which could
/// not be given back by the child.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Given back at the end.
pub(super) struct Turn(());

/// What has the turn may be a fork, which needs the interpreter to go on.
pub(super) fn take(py: Python<'_>) -> Turn {
    match try_to_take() {
        Some(turn) => turn,
        None => py.detach(take_without_interpreter),
    }
}

pub(super) fn take_without_interpreter() -> Turn {
    loop {
        match try_to_take() {
            Some(turn) => return turn,
            None => thread::yield_now(),
        }
    }
}

/// For as long as a process is forked.
pub(super) fn keep(turn: Turn) {
    mem::forget(turn);
}

/// What was kept.
pub(super) fn give_back() {
    IS_TAKEN.store(false, Ordering::Release);
}

fn try_to_take() -> Option<Turn> {
    let was_taken = IS_TAKEN.swap(true, Ordering::Acquire);
    (!was_taken).then(|| Turn(()))
}

impl Drop for Turn {
    fn drop(&mut self) {
        give_back();
    }
}
