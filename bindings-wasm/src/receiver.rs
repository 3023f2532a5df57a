//! What a receiver decides before its handler runs: who may call, how often, which handler, once.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;
use core::str::FromStr;
use core::time::Duration;

use countersign::{
    AddressPolicy, ClaimToken, ForwardingHeader, Held, MemoryRateLimiter, MemoryReplayGuard,
    Network, RateLimit, RateWindow, UnixTime,
};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::thrown;

/// A network.
#[wasm_bindgen]
#[derive(Debug)]
pub struct NetworkHandle(Network);

#[wasm_bindgen]
impl NetworkHandle {
    /// # Errors
    /// `malformed_network`.
    pub fn parse(text: &str) -> Result<Self, JsValue> {
        Network::parse(text).map(Self).map_err(thrown)
    }

    /// Whether the address lies in it; what is no address lies nowhere.
    pub fn contains(&self, address: &str) -> bool {
        IpAddr::from_str(address).is_ok_and(|address| self.0.contains(address))
    }
}

/// Who may call. It is built up before it is asked.
#[wasm_bindgen]
#[derive(Debug)]
pub struct AddressPolicyHandle {
    allowed: Option<Vec<Network>>,
    proxies: Vec<Network>,
    policy: AddressPolicy,
}

#[wasm_bindgen]
impl AddressPolicyHandle {
    /// Proxies write into this header; the word was checked in TypeScript.
    #[wasm_bindgen(constructor)]
    pub fn new(header: &str) -> Self {
        let header = ForwardingHeader::named(header).unwrap_or_default();
        Self {
            allowed: None,
            proxies: Vec::new(),
            policy: AddressPolicy::new().forwarding_header(header),
        }
    }

    /// Only those on the list may call, which is empty at first.
    pub fn restrict(&mut self) {
        self.allowed = Some(Vec::new());
        self.policy = self.policy.clone().allow([]);
    }

    /// Adds to the list.
    pub fn allow(&mut self, network: &NetworkHandle) {
        let allowed = self.allowed.get_or_insert_default();
        allowed.push(network.0);
        self.policy = self.policy.clone().allow(allowed.iter().copied());
    }

    /// Adds to the proxies that are believed.
    pub fn trust(&mut self, network: &NetworkHandle) {
        self.proxies.push(network.0);
        let proxies = self.proxies.iter().copied();
        self.policy = self.policy.clone().trust_proxies(proxies);
    }

    /// The header that `client` wants, in lower case.
    pub fn header_name(&self) -> Option<String> {
        self.policy.header_name().map(ToOwned::to_owned)
    }

    /// The client's address; the values of the forwarding header come a line each.
    pub fn client(&self, peer: &str, forwarded: Option<String>) -> Option<String> {
        let lines = forwarded.iter().flat_map(|lines| lines.split('\n'));
        let values: Vec<&[u8]> = lines.map(str::as_bytes).collect();
        let client = self.policy.client(peer, &values);
        client.map(|address| address.to_string())
    }

    /// # Errors
    /// `address_not_allowed`.
    pub fn check(&self, client: Option<String>) -> Result<(), JsValue> {
        self.policy.check(address(client)).map_err(thrown)
    }
}

/// What a caller is counted under.
#[wasm_bindgen]
pub fn rate_limit_key(client: Option<String>, limit: &RateLimitHandle) -> String {
    countersign::rate_limit_key(address(client), limit.0)
}

fn address(text: Option<String>) -> Option<IpAddr> {
    text.and_then(|text| text.parse().ok())
}

/// A rate limit. Times are in milliseconds.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RateLimitHandle(RateLimit);

#[wasm_bindgen]
impl RateLimitHandle {
    /// # Errors
    /// `malformed_limit`.
    #[wasm_bindgen(constructor)]
    pub fn new(requests: u32, window: f64) -> Result<Self, JsValue> {
        let window = milliseconds(window);
        RateLimit::new(requests, window).map(Self).map_err(thrown)
    }

    /// The length of a slot.
    pub fn slot(&self) -> f64 {
        self.0.slot_ms() as f64
    }

    /// The slots after one more request: number and count of each in turn.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn admit(&self, slots: Vec<f64>, now: f64) -> Result<Vec<f64>, JsValue> {
        let pairs = slots.as_chunks::<2>().0.iter();
        let slots = pairs.map(|[slot, count]| (*slot as u64, *count as u32));
        let mut window = RateWindow::from_slots(slots);
        self.0.admit(&mut window, instant(now)).map_err(thrown)?;
        let slots = window.slots().iter();
        let numbers = slots.flat_map(|(slot, count)| [*slot as f64, f64::from(*count)]);
        Ok(numbers.collect())
    }
}

/// The windows of callers.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RateLimiterHandle(MemoryRateLimiter);

#[wasm_bindgen]
impl RateLimiterHandle {
    /// For so many callers.
    #[wasm_bindgen(constructor)]
    pub fn new(limit: &RateLimitHandle, capacity: u32) -> Self {
        Self(MemoryRateLimiter::new(limit.0, capacity as usize))
    }

    /// # Errors
    /// `rate_limited`.
    pub fn admit(&mut self, caller: &str, now: f64) -> Result<(), JsValue> {
        self.0.admit(caller, instant(now)).map_err(thrown)
    }

    /// How many callers are remembered.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// Claims.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ReplayGuardHandle(MemoryReplayGuard);

#[wasm_bindgen]
impl ReplayGuardHandle {
    /// For so many keys.
    #[wasm_bindgen(constructor)]
    pub fn new(capacity: u32) -> Self {
        Self(MemoryReplayGuard::new(capacity as usize))
    }

    /// The number of the claim's token.
    ///
    /// # Errors
    /// `duplicate_event`, `event_in_progress`, `store_unavailable`.
    pub fn claim(&mut self, key: &str, now: f64, lease: f64) -> Result<f64, JsValue> {
        let token = self.0.claim(key, instant(now), milliseconds(lease));
        token.map(|token| token.number() as f64).map_err(thrown)
    }

    /// The event was handled.
    pub fn complete(&mut self, key: &str, now: f64, lifetime: f64) {
        self.0.complete(key, instant(now), milliseconds(lifetime));
    }

    /// The event was not handled.
    pub fn release(&mut self, key: &str, token: f64) {
        self.0.release(key, ClaimToken::from_number(token as u64));
    }

    /// How many keys are remembered.
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// Whether a delivery may be handled, going by what a store holds until then.
///
/// # Errors
/// `duplicate_event`, `event_in_progress`.
#[wasm_bindgen]
pub fn decide_claim(is_handled: bool, until: f64, now: f64) -> Result<(), JsValue> {
    let until = instant(until);
    let held = match is_handled {
        true => Held::Handled { until },
        false => Held::InProgress { until },
    };
    countersign::decide_claim(Some(held), instant(now)).map_err(thrown)
}

/// The scripts for Redis, and what stands before its keys.
#[wasm_bindgen]
pub fn redis_constants() -> String {
    use countersign::redis::{ADMIT, CLAIM, CLAIM_PREFIX, COMPLETE, RATE_PREFIX, RELEASE};
    [CLAIM_PREFIX, RATE_PREFIX, CLAIM, COMPLETE, RELEASE, ADMIT].join("\0")
}

fn instant(milliseconds: f64) -> UnixTime {
    UnixTime::from_millis(milliseconds as u64)
}

/// To the next millisecond, so that no time is left only if none was given.
fn milliseconds(number: f64) -> Duration {
    let whole = number as u64;
    let more = u64::from((whole as f64) < number);
    Duration::from_millis(whole.saturating_add(more))
}
