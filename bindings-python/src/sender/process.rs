//! The threads that senders have in a process.

use std::future::Future;
use std::io;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::completions::Completions;

/// Threads that do nothing but wait for sockets and hash: two have room for thousands of attempts.
const THREADS: usize = 2;

/// What all senders of a process share. It is made when it is first needed, and ends with the
/// process.
pub(crate) struct Process {
    id: u32,
    runtime: Runtime,
    pub(super) completions: Completions,
}

/// Not behind a lock: a child of this process would wait for ever for one that another thread held
/// when it was forked.
static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

impl Process {
    /// That of this process. In the child of a fork it is a new one: there the threads of the parent
    /// do not exist, and what belonged to them is left alone.
    pub(crate) fn current() -> PyResult<&'static Self> {
        let current = CURRENT.load(Ordering::Acquire);
        // SAFETY: it is null or points to what `make` has leaked.
        let known = unsafe { current.as_ref() };
        match known {
            Some(process) if process.id == std::process::id() => Ok(process),
            _ => Ok(Self::install(current)?),
        }
    }

    fn install(instead_of: *mut Self) -> io::Result<&'static Self> {
        let made = Box::into_raw(Box::new(Self::new()?));
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        match CURRENT.compare_exchange(instead_of, made, success, failure) {
            // SAFETY: it was made above, and nobody frees it.
            Ok(_) => Ok(unsafe { &*made }),
            Err(other) => {
                // SAFETY: nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                // SAFETY: another thread of this process has leaked it just now.
                Ok(unsafe { &*other })
            }
        }
    }

    fn new() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("countersign-io")
            .enable_all()
            .build()?;
        Ok(Self {
            id: std::process::id(),
            runtime,
            completions: Completions::start()?,
        })
    }

    /// Waits for it on this thread.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Has it done by the threads of the process.
    pub(super) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }

    /// Does it where tasks can be spawned.
    pub(super) fn enter<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.runtime.enter();
        work()
    }
}
