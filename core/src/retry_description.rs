//! A retry policy as data: what a table or a configuration file holds.

use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::backoff::{Backoff, Jitter, Schedule};
use crate::retry::RetryPolicy;

/// The keys of a policy: the same as in the vectors of the kind `retry`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    schedule: ScheduleDescription,
    jitter: JitterDescription,
    retry_after_cap_ms: u64,
    #[serde(default)]
    retry_statuses: Vec<u16>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScheduleDescription {
    FixedMs(Vec<u64>),
    Exponential {
        base_ms: u64,
        factor: u32,
        cap_ms: u64,
        attempts: u32,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum JitterDescription {
    None,
    Full,
    Equal,
}

impl Serialize for RetryPolicy {
    /// Durations in whole milliseconds, rounded up.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let schedule = match &self.backoff.schedule {
            Schedule::Fixed(delays) => {
                ScheduleDescription::FixedMs(delays.iter().copied().map(millis).collect())
            }
            Schedule::Exponential {
                base,
                factor,
                cap,
                attempts,
            } => ScheduleDescription::Exponential {
                base_ms: millis(*base),
                factor: *factor,
                cap_ms: millis(*cap),
                attempts: *attempts,
            },
        };
        let description = Description {
            schedule,
            jitter: match self.backoff.jitter {
                Jitter::None => JitterDescription::None,
                Jitter::Full => JitterDescription::Full,
                Jitter::Equal => JitterDescription::Equal,
            },
            retry_after_cap_ms: millis(self.retry_after_cap),
            retry_statuses: self.retry_statuses.clone(),
        };
        description.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RetryPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let description = Description::deserialize(deserializer)?;
        let backoff = match description.schedule {
            ScheduleDescription::FixedMs(delays) => {
                Backoff::fixed(delays.into_iter().map(Duration::from_millis))
            }
            ScheduleDescription::Exponential {
                base_ms,
                factor,
                cap_ms,
                attempts,
            } => {
                let [base, cap] = [base_ms, cap_ms].map(Duration::from_millis);
                Backoff::exponential(base, factor, cap, attempts)
            }
        };
        let backoff = backoff.with_jitter(match description.jitter {
            JitterDescription::None => Jitter::None,
            JitterDescription::Full => Jitter::Full,
            JitterDescription::Equal => Jitter::Equal,
        });
        Ok(Self::new(backoff)
            .with_retry_after_cap(Duration::from_millis(description.retry_after_cap_ms))
            .with_retry_statuses(description.retry_statuses))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_come_out_as_they_went_in() {
        let second = Duration::from_secs(1);
        let policies = [
            RetryPolicy::standard(),
            RetryPolicy::exponential(second, 3)
                .with_retry_after_cap(second)
                .with_retry_statuses([404]),
            RetryPolicy::new(Backoff::fixed([second]).with_jitter(Jitter::Full)),
        ];
        for policy in policies {
            let text = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<RetryPolicy>(&text).unwrap(), policy);
        }
    }
    /// The npm package writes policies by code of its own, with these texts in a test of its own.
    #[test]
    fn policies_are_read_as_the_npm_package_writes_them() {
        let second = Duration::from_secs(1);
        let written = [
            (
                r#"{"schedule":{"exponential":{"base_ms":1000,"cap_ms":86400000,"factor":2,"attempts":3}},"jitter":"none","retry_after_cap_ms":1500,"retry_statuses":[404]}"#,
                RetryPolicy::exponential(second, 3)
                    .with_retry_after_cap(Duration::from_millis(1_500))
                    .with_retry_statuses([404]),
            ),
            (
                r#"{"schedule":{"fixed_ms":[0,1000]},"jitter":"full","retry_after_cap_ms":86400000,"retry_statuses":[]}"#,
                RetryPolicy::new(
                    Backoff::fixed([Duration::ZERO, second]).with_jitter(Jitter::Full),
                ),
            ),
        ];
        for (text, policy) in written {
            assert_eq!(serde_json::from_str::<RetryPolicy>(text).unwrap(), policy);
        }
    }
}
