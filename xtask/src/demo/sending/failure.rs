//! What fails on the way to a receiver. The seed, the message and the number of its attempt decide,
//! so that each run fails in the same way, whatever order requests come in.

/// In place of what a receiver answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    /// 500.
    Broken,
    /// 503.
    Down,
    /// 429 with `Retry-After`.
    Busy,
    /// No answer, ever.
    Silent,
    /// The connection is reset before the receiver sees the request.
    Reset,
    /// The connection is reset once the receiver has taken the request, so that the sender cannot
    /// know.
    AnswerLost,
    /// 400, whenever the message comes.
    Rejected,
}

impl Failure {
    pub(super) const ALL: [Self; 7] = [
        Self::Broken,
        Self::Down,
        Self::Busy,
        Self::Silent,
        Self::Reset,
        Self::AnswerLost,
        Self::Rejected,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Broken => "500",
            Self::Down => "503",
            Self::Busy => "429",
            Self::Silent => "no answer",
            Self::Reset => "reset",
            Self::AnswerLost => "answer lost",
            Self::Rejected => "400",
        }
    }

    /// Of what happens at random: how many requests of a thousand. Few are answered 429, since each
    /// keeps all others waiting for a second.
    const PER_MILLE: [(Self, u64); 6] = [
        (Self::Broken, 70),
        (Self::Down, 50),
        (Self::Busy, 5),
        (Self::Silent, 10),
        (Self::Reset, 50),
        (Self::AnswerLost, 40),
    ];
    /// How many messages of a thousand are rejected for good.
    const REJECTED_PER_MILLE: u64 = 15;

    /// What happens to this attempt of a message, counted from 1.
    pub(super) fn of(seed: u64, id: &str, attempt: u64) -> Option<Self> {
        if draw(seed, id, 0) < Self::REJECTED_PER_MILLE {
            return Some(Self::Rejected);
        }
        let mut drawn = draw(seed, id, attempt);
        for (failure, share) in Self::PER_MILLE {
            match drawn.checked_sub(share) {
                None => return Some(failure),
                Some(rest) => drawn = rest,
            }
        }
        None
    }
}

/// A number below 1,000.
fn draw(seed: u64, id: &str, attempt: u64) -> u64 {
    let mut hash = mix(seed);
    for byte in id.bytes() {
        hash = mix(hash ^ u64::from(byte));
    }
    mix(hash ^ attempt) % 1000
}

/// The finaliser of SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
