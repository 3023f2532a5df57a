//! The transport against endpoints that misbehave, over real sockets.

mod environment;
mod faults;
mod forbidden;
mod http;
mod proxies;
mod rebinding;
mod support;
mod tls;
