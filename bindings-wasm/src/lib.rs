//! The WebAssembly modules of the npm package `countersign`: convert types and decide nothing.
//!
//! Requests, messages and descriptions cross through one buffer in linear memory (`exchange`), so
//! that a call passes numbers only; lists that are small and rare are one text, a line an item. The
//! public API is the TypeScript in `js/`; nothing here is called by users.
//!
//! Each feature is a module of its own, whose objects never cross into the other. `asymmetric` has all
//! that `webhook` has.

#![cfg_attr(target_family = "wasm", no_std)]
#![expect(
    unreachable_pub,
    reason = "what is exported to JavaScript must be `pub` in private modules too"
)]

extern crate alloc;

#[cfg(feature = "receiver")]
mod answer;
#[cfg(target_family = "wasm")]
mod bare;
#[cfg(feature = "webhook")]
mod codes;
#[cfg(feature = "webhook")]
mod dedupe;
#[cfg(any(feature = "explain", feature = "webhook"))]
mod description;
#[cfg(feature = "sender")]
mod destination;
#[cfg(feature = "sender")]
mod dispatch;
#[cfg(feature = "sender")]
mod endpoint;
#[cfg(feature = "webhook")]
mod exchange;
#[cfg(feature = "explain")]
mod explain;
#[cfg(any(
    feature = "explain",
    feature = "receiver",
    feature = "sender",
    feature = "webhook"
))]
mod failure;
#[cfg(feature = "monitor")]
mod monitor;
#[cfg(feature = "sender")]
mod outbox;
#[cfg(any(feature = "receiver", feature = "sender"))]
mod postgres;
#[cfg(feature = "receiver")]
mod receiver;
#[cfg(feature = "webhook")]
mod report;
#[cfg(feature = "webhook")]
mod retry;
#[cfg(any(feature = "receiver", feature = "sender"))]
mod routes;
#[cfg(feature = "webhook")]
mod scheme;
#[cfg(any(feature = "explain", feature = "webhook"))]
mod seconds;
#[cfg(feature = "receiver")]
mod sql;
#[cfg(any(feature = "receiver", feature = "sender"))]
mod statements;
#[cfg(feature = "monitor")]
mod status;
#[cfg(feature = "monitor")]
mod views;
#[cfg(feature = "webhook")]
mod webhook;
#[cfg(any(feature = "receiver", feature = "webhook"))]
mod written;
