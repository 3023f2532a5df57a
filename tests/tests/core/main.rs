//! The core as its users see it, one property a module.

mod arbitrary_bytes;
mod corpus;
mod event_fields;
mod json;
mod known_answers;
mod monitor;
mod round_trip;
mod sending;
mod status;
mod support;
mod tampering;
mod timestamps;
mod wycheproof;
