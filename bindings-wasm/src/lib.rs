//! The WebAssembly module of the npm package `countersign`: converts types and decides nothing.
//!
//! Requests, messages and descriptions cross through one buffer in linear memory (`exchange`), so
//! that a call passes numbers only; lists that are small and rare are one text, a line an item. The
//! public API is the TypeScript in `js/`; nothing here is called by users.

#![cfg_attr(target_family = "wasm", no_std)]
#![expect(
    unreachable_pub,
    reason = "what is exported to JavaScript must be `pub` in private modules too"
)]

extern crate alloc;

mod answer;
#[cfg(target_family = "wasm")]
mod bare;
mod exchange;
mod failure;
mod receiver;
mod report;
mod retry;
mod scheme;
mod webhook;
