//! The core as its users see it, one property a module.

mod addresses;
mod answers;
mod arbitrary_bytes;
mod claims;
mod corpus;
mod destinations;
mod endpoints;
mod event_fields;
mod explanations;
mod handshakes;
mod heads;
mod json;
mod known_answers;
mod monitor;
mod monitor_sending;
mod rate_limits;
mod round_trip;
mod routing;
mod sending;
mod status;
mod support;
mod tampering;
mod timestamps;
mod wycheproof;
