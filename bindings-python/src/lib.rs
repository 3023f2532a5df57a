//! The native module of the Python package `countersign`.
//!
//! It converts types, nothing else: every decision, message and code comes from the crate
//! `countersign`, and what is sent is delivered by `countersign-delivery`. The package's
//! `_countersign.pyi` describes what is here.

mod address;
mod backoff;
mod body;
mod capi;
mod context;
mod destination;
mod dispatch;
mod endpoint;
mod errors;
mod event;
mod explanation;
mod guards;
mod handshake;
mod headers;
mod monitor;
mod number;
mod payload;
mod retry;
mod scheme;
mod secret;
mod sender;
mod shared;
mod sql;
mod stores;
mod testing;
mod text;
mod tolerance;
mod verified;
mod webhook;

#[pyo3::pymodule(gil_used = false)]
mod _countersign {
    #[pymodule_export]
    use crate::address::{AddressPolicy, Network, rate_limit_key};
    #[pymodule_export]
    use crate::backoff::Backoff;
    #[pymodule_export]
    use crate::destination::{Destination, DestinationRules};
    #[pymodule_export]
    use crate::dispatch::chosen;
    #[pymodule_export]
    use crate::endpoint::{Availability, EndpointHealth, HealthPolicy};
    #[pymodule_export]
    use crate::event::{Event, event_parts, restore_event};
    #[pymodule_export]
    use crate::explanation::{Explanation, Finding, detect};
    #[pymodule_export]
    use crate::guards::{Answer, MemoryRateLimiter, MemoryReplayGuard, RateLimit, Routes};
    #[pymodule_export]
    use crate::handshake::HandshakeReply;
    #[pymodule_export]
    use crate::monitor::{
        InboxView, MonitorState, OutboxView, StatusRules, is_shown, judged_path, openmetrics_type,
        shortened, status_data, status_delivery_replayed, status_metrics, status_refused,
        status_replayed,
    };
    #[pymodule_export]
    use crate::payload::write_payload;
    #[pymodule_export]
    use crate::retry::{Decision, RetryPolicy, parse_retry_after};
    #[pymodule_export]
    use crate::scheme::Scheme;
    #[pymodule_export]
    use crate::secret::{Secret, generate_secret};
    #[pymodule_export]
    use crate::sender::{Call, OwnStatements, SenderEngine, unserialisable};
    #[pymodule_export]
    use crate::sql::{
        decode_postgres_text, encode_postgres_text, guard_statements, inbox_statements,
        list_events_statement, stored_key,
    };
    #[pymodule_export]
    use crate::stores::{decide_claim, error_status, redis_scripts, refusal};
    #[pymodule_export]
    use crate::testing::sign_sample;
    #[pymodule_export]
    use crate::tolerance::Tolerance;
    #[pymodule_export]
    use crate::verified::Verified;
    #[pymodule_export]
    use crate::webhook::Webhook;

    /// The version of the package, which is that of the core.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name that Python wants")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
