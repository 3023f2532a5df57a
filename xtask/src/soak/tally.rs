//! What a client saw.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::traffic::Verdict;
use crate::demo::http::Answer;

#[derive(Default)]
pub(super) struct Tally {
    /// How often each verdict came.
    pub(super) verdicts: BTreeMap<Verdict, u64>,
    /// What should not have been, in words.
    pub(super) wrong: Vec<String>,
    /// The numbers of the events that were answered as handled.
    pub(super) acknowledged: Vec<u64>,
    /// How long each answer took, in microseconds.
    pub(super) latencies: Vec<u32>,
    /// Requests that were sent again because the server had ended the connection.
    pub(super) resent: u64,
}

impl Tally {
    pub(super) fn took(&mut self, time: Duration) {
        self.latencies
            .push(time.as_micros().try_into().unwrap_or(u32::MAX));
    }

    /// Counts an answer; which of the expected verdicts it is, if any.
    pub(super) fn judge(
        &mut self,
        answer: &Result<Answer>,
        expected: &[Verdict],
    ) -> Option<Verdict> {
        let got = match answer {
            Ok(answer) => (answer.status, answer.said()),
            Err(error) => {
                self.wrong.push(format!("no answer: {error:#}"));
                return None;
            }
        };
        let verdict = expected.iter().copied().find(|verdict| *verdict == got);
        match verdict {
            Some(verdict) => *self.verdicts.entry(verdict).or_default() += 1,
            None => self.wrong.push(format!("{got:?} instead of {expected:?}")),
        }
        verdict
    }

    pub(super) fn add(&mut self, other: Self) {
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self.acknowledged.extend(other.acknowledged);
        self.latencies.extend(other.latencies);
        self.resent += other.resent;
    }
}
