//! The transport against endpoints that misbehave, over real sockets.

mod certificates;
mod environment;
mod faults;
mod forbidden;
mod http;
mod http2;
mod proxies;
mod rebinding;
mod support;
mod tls;
