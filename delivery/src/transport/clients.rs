use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use countersign::DestinationRules;
use http_body_util::Full;
use hyper_util::client::legacy::Client as PooledClient;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio_rustls::TlsConnector;

use super::connector::Connector;
use super::settings::{TransportError, TransportSettings};
use super::tls;

/// How many sets of rules have a client at a time.
const MAX_CLIENTS: usize = 64;

/// The largest head of an answer.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 256;

/// How often a connection of HTTP/2 with requests under way is asked whether it is alive, and how
/// long the answer may take: one that is not would fail every request until TCP gives up.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) type Client = PooledClient<Connector, Full<Bytes>>;

/// A client for each set of rules, so that what one endpoint is allowed opens no connection that
/// another one uses.
pub(super) struct Clients {
    settings: TransportSettings,
    tls: TlsConnector,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    clients: HashMap<DestinationRules, Used>,
    /// Counts uses.
    clock: u64,
}

struct Used {
    client: Client,
    last: u64,
}

impl Clients {
    pub(super) fn new(settings: TransportSettings) -> Result<Self, TransportError> {
        let tls = TlsConnector::from(Arc::new(tls::configuration(&settings)?));
        Ok(Self {
            settings,
            tls,
            known: Mutex::default(),
        })
    }

    /// The client for these rules. The one that was not used for the longest time makes room; its
    /// requests end in peace.
    pub(super) fn of(&self, rules: &DestinationRules) -> Client {
        // Nothing in here panics half-way.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clock += 1;
        let now = known.clock;
        if let Some(used) = known.clients.get_mut(rules) {
            used.last = now;
            return used.client.clone();
        }
        if known.clients.len() >= MAX_CLIENTS {
            let oldest = known.clients.iter().min_by_key(|(_, used)| used.last);
            if let Some(oldest) = oldest.map(|(rules, _)| rules.clone()) {
                known.clients.remove(&oldest);
            }
        }
        let client = self.make(rules);
        let used = Used {
            client: client.clone(),
            last: now,
        };
        known.clients.insert(rules.clone(), used);
        client
    }

    fn make(&self, rules: &DestinationRules) -> Client {
        let settings = &self.settings;
        let connector = Connector::new(
            Arc::new(rules.clone()),
            settings.resolver.clone(),
            settings.proxy.as_ref(),
            self.tls.clone(),
        );
        PooledClient::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle)
            .pool_max_idle_per_host(settings.idle_connections)
            .http1_max_buf_size(MAX_HEAD)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEAD as u32)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .build(connector)
    }
}
