//! The scripts that decide inside of Redis, one atomic call for each decision. The text is the same
//! in each language, so that processes of different languages can share one Redis.
//!
//! They follow [`decide_claim`](crate::decide_claim) and [`RateLimit`](crate::RateLimit), with the
//! clock of the Redis server: the clock in ms is an optional argument, for tests. `tests/vectors` runs
//! against them too.
//!
//! | script | `KEYS[1]` | arguments | answer |
//! |---|---|---|---|
//! | [`CLAIM`] | [`CLAIM_PREFIX`] + dedupe key | a random token; lease in ms; the clock | -1 claimed, -2 handled, else ms that the lease of another lasts |
//! | [`COMPLETE`] | the same | lifetime in ms; the clock | 1 |
//! | [`RELEASE`] | the same | the token | 1 if it was this claim's |
//! | [`ADMIT`] | [`RATE_PREFIX`] + caller | [`requests`](crate::RateLimit::requests), [`window_ms`](crate::RateLimit::window_ms), [`slot_ms`](crate::RateLimit::slot_ms), the clock | 0 admitted, else ms until there is room |

/// What stands before a dedupe key.
pub const CLAIM_PREFIX: &str = "countersign:claim:";
/// What stands before a caller.
pub const RATE_PREFIX: &str = "countersign:rate:";
/// Takes a key for a handler that is about to run.
pub const CLAIM: &str = include_str!("redis/claim.lua");
/// The event was handled.
pub const COMPLETE: &str = include_str!("redis/complete.lua");
/// The event was not handled.
pub const RELEASE: &str = include_str!("redis/release.lua");
/// Counts a request of a caller, or refuses it.
pub const ADMIT: &str = include_str!("redis/admit.lua");
