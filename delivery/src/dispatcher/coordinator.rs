//! The one task that knows what each endpoint may have.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use countersign::DeliveryError;
use countersign::sql::outbox;
use countersign_database::{Kind, Purpose, Statement, Value, Work};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Common;
use super::claim::{Claimed, RECOVERY, Wish};
use super::lane::Lane;
use super::signals::Note;

/// How often to look for what nobody told of: what other processes have sent.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest wait that is remembered. One that a policy makes longer can be more than a clock has
/// room for, and is looked for again.
const LONGEST: Duration = Duration::from_secs(86_400);
/// For how many endpoints is taken in one transaction.
const LANES: usize = 32;
/// How many transactions that take are under way.
const CLAIMS: usize = 2;
/// How many endpoints are read at a time.
const PAGE: i64 = 1_000;
/// Which part of the places is for endpoints that have none.
const KEPT: usize = 4;
/// How many notes are heard before something is done.
const NOTES: usize = 1_024;

pub(super) struct Coordinator {
    common: Arc<Common>,
    notes: mpsc::UnboundedReceiver<Note>,
    lanes: HashMap<i64, Lane>,
    /// Endpoints for which something may be taken, by when it is due.
    dues: BTreeSet<(Instant, i64)>,
    /// Endpoints at which something that was taken may begin, in turn.
    ready: VecDeque<i64>,
    attempts: JoinSet<()>,
    running: usize,
    queued: usize,
    /// Whether so much is queued that only endpoints that have nothing may have something.
    is_crowded: bool,
    claims: usize,
    is_looking: bool,
    /// When to look again.
    look: Instant,
    /// When the last look began, how long it took, and whether somebody asked for another since.
    looked: Instant,
    look_took: Duration,
    is_asked: bool,
    is_stopping: bool,
    was_cut_off: bool,
}

impl Coordinator {
    pub(super) fn new(common: Arc<Common>, notes: mpsc::UnboundedReceiver<Note>) -> Self {
        Self {
            common,
            notes,
            lanes: HashMap::new(),
            dues: BTreeSet::new(),
            ready: VecDeque::new(),
            attempts: JoinSet::new(),
            running: 0,
            queued: 0,
            is_crowded: false,
            claims: 0,
            is_looking: false,
            look: Instant::now(),
            looked: Instant::now(),
            look_took: Duration::ZERO,
            is_asked: false,
            is_stopping: false,
            was_cut_off: false,
        }
    }

    /// Works until it is told to stop and all that was begun has ended; whether nothing was cut off.
    pub(super) async fn run(mut self) -> bool {
        let mut notes = Vec::with_capacity(NOTES);
        loop {
            if self.is_stopping {
                if self.running == 0 && self.claims == 0 {
                    return !self.was_cut_off;
                }
            } else {
                self.begin();
                self.claim();
                self.look();
            }
            while self.attempts.try_join_next().is_some() {}
            let next = self.next();
            tokio::select! {
                _ = self.notes.recv_many(&mut notes, NOTES) => {}
                () = tokio::time::sleep_until(next) => {}
            }
            for note in notes.drain(..) {
                self.hear(note);
            }
        }
    }

    /// When there is something to do if nobody tells of anything.
    fn next(&self) -> Instant {
        let distant = Instant::now() + LOOK_EVERY;
        if self.is_stopping {
            return distant;
        }
        let due = match self.dues.first() {
            Some((due, _)) if self.claims < CLAIMS => *due,
            _ => distant,
        };
        match self.is_looking {
            true => due,
            false => due.min(self.look),
        }
    }

    fn hear(&mut self, note: Note) {
        match note {
            Note::Due(endpoint, wait) => {
                self.is_due(endpoint, Instant::now() + wait.min(LONGEST));
            }
            Note::Look => {
                self.is_asked = true;
                // No more often than takes a tenth of the time.
                self.look = self.look.min(self.looked + self.look_took * 10);
            }
            Note::Ended(endpoint) => {
                self.running -= 1;
                if let Some(lane) = self.lanes.get_mut(&endpoint) {
                    lane.running -= 1;
                }
                self.changed(endpoint);
            }
            Note::Failed(endpoint) => self.lanes.entry(endpoint).or_default().untold += 1,
            Note::Observed(endpoint, failures, is_available) => {
                if let Some(lane) = self.lanes.get_mut(&endpoint) {
                    lane.untold = lane.untold.saturating_sub(failures);
                    if !is_available {
                        lane.is_halted = lane.is_claiming;
                        self.give_back(endpoint);
                    }
                }
                self.changed(endpoint);
            }
            Note::Claimed(claimed) => self.take(claimed),
            Note::Pending(pending) => {
                self.is_looking = false;
                let now = Instant::now();
                self.look_took = now - self.looked;
                match pending {
                    Some(pending) => {
                        for (endpoint, wait) in pending {
                            self.is_due(endpoint, now + wait);
                        }
                        self.look = now + LOOK_EVERY;
                    }
                    None => self.look = now + RECOVERY,
                }
                if self.is_asked {
                    self.look = self.looked + self.look_took * 10;
                }
            }
            Note::Stop => self.is_stopping = true,
            Note::CutOff => {
                self.is_stopping = true;
                self.was_cut_off = self.running > 0;
                self.attempts.abort_all();
            }
        }
    }

    /// What is taken and waits costs memory, and much of it can be for endpoints that hang.
    fn watch_the_crowd(&mut self) {
        let most = self.common.shared.options.concurrency;
        if self.queued >= most.saturating_mul(2) {
            self.is_crowded = true;
        } else if self.is_crowded && self.queued <= most {
            self.is_crowded = false;
            let endpoints: Vec<i64> = self.lanes.keys().copied().collect();
            for endpoint in endpoints {
                self.changed(endpoint);
            }
        }
    }

    fn is_due(&mut self, endpoint: i64, due: Instant) {
        let lane = self.lanes.entry(endpoint).or_default();
        if lane.due.is_none_or(|known| due < known) {
            if let Some(known) = lane.due {
                self.dues.remove(&(known, endpoint));
            }
            lane.due = Some(due);
        }
        self.changed(endpoint);
    }

    /// It may be able to begin or to take more.
    fn changed(&mut self, endpoint: i64) {
        let Some(lane) = self.lanes.get_mut(&endpoint) else {
            return;
        };
        if lane.may_begin() && !lane.is_ready {
            lane.is_ready = true;
            self.ready.push_back(endpoint);
        }
        if let Some(due) = lane.due
            && !lane.is_claiming
            && lane.may_take(self.is_crowded) > 0
        {
            self.dues.insert((due, endpoint));
        }
        if lane.is_idle() && !lane.is_ready {
            self.lanes.remove(&endpoint);
        }
    }

    /// Begins what was taken, of each endpoint one in turn.
    fn begin(&mut self) {
        let most = self.common.shared.options.concurrency;
        // The last places are for endpoints that have none, so that those that hang do not hold up
        // the others.
        let kept = most / KEPT;
        let mut without_a_place = Vec::new();
        while self.running < most {
            let Some(endpoint) = self.ready.pop_front() else {
                break;
            };
            let Some(lane) = self.lanes.get_mut(&endpoint) else {
                continue;
            };
            if lane.running > 0 && self.running + kept >= most {
                without_a_place.push(endpoint);
                continue;
            }
            lane.is_ready = false;
            if lane.may_begin()
                && let (Some(delivery), Some((_, target))) =
                    (lane.queue.pop_front(), lane.target.clone())
            {
                lane.running += 1;
                self.running += 1;
                self.queued -= 1;
                self.attempts
                    .spawn(self.common.clone().attempt(target, delivery));
            }
            self.changed(endpoint);
        }
        self.ready.extend(without_a_place);
        self.watch_the_crowd();
    }

    /// Has what is due taken.
    fn claim(&mut self) {
        let now = Instant::now();
        while self.claims < CLAIMS {
            let mut wishes = Vec::new();
            while wishes.len() < LANES
                && let Some((due, endpoint)) = self.dues.first().copied()
                && due <= now
            {
                self.dues.pop_first();
                let Some(lane) = self.lanes.get_mut(&endpoint) else {
                    continue;
                };
                let room = lane.may_take(self.is_crowded);
                if room == 0 {
                    // It comes back when it has changed.
                    continue;
                }
                lane.is_claiming = true;
                lane.due = None;
                wishes.push(Wish {
                    endpoint,
                    room,
                    target: lane.target.clone().filter(|_| !lane.is_stale),
                });
            }
            if wishes.is_empty() {
                return;
            }
            self.claims += 1;
            let common = self.common.clone();
            tokio::spawn(async move {
                let claimed = common.claim(wishes).await;
                common.tell(Note::Claimed(claimed));
            });
        }
    }

    fn take(&mut self, Claimed(lanes): Claimed) {
        self.claims -= 1;
        let now = Instant::now();
        for claimed in lanes {
            let lane = self.lanes.entry(claimed.endpoint).or_default();
            lane.is_claiming = false;
            lane.is_stale = claimed.target.is_none();
            if !lane.is_stale {
                lane.target = claimed.target;
            }
            self.queued += claimed.deliveries.len();
            lane.queue.extend(claimed.deliveries);
            if std::mem::take(&mut lane.is_halted) {
                self.give_back(claimed.endpoint);
            }
            match claimed.next {
                Some(wait) => self.is_due(claimed.endpoint, now + wait),
                None => self.changed(claimed.endpoint),
            }
        }
    }

    /// Gives back what was taken for an endpoint and has not begun.
    fn give_back(&mut self, endpoint: i64) {
        let Some(lane) = self.lanes.get_mut(&endpoint) else {
            return;
        };
        let deliveries = std::mem::take(&mut lane.queue);
        if deliveries.is_empty() {
            return;
        }
        self.queued -= deliveries.len();
        let common = self.common.clone();
        tokio::spawn(async move {
            let leases = deliveries.into_iter();
            let leases: Vec<_> = leases.map(|it| (it.number, it.lease)).collect();
            common.release(&leases).await;
            common.shared.signals.due(endpoint, Duration::ZERO);
        });
    }

    /// Looks for endpoints that have something that waits.
    fn look(&mut self) {
        if self.is_looking || Instant::now() < self.look {
            return;
        }
        self.is_looking = true;
        self.is_asked = false;
        self.looked = Instant::now();
        let common = self.common.clone();
        tokio::spawn(async move {
            let pending = common.pending().await.ok();
            common.tell(Note::Pending(pending));
        });
    }
}

impl Common {
    /// The endpoints that have something that waits, each with the time until the first is due.
    async fn pending(&self) -> Result<Vec<(i64, Duration)>, DeliveryError> {
        let mut pending = Vec::new();
        let mut last = 0;
        loop {
            let values = [Value::Integer(last), Value::Integer(PAGE)];
            let statement = Statement::new(Kind::Rows, outbox::PENDING, values);
            let work = Work::new(Purpose::Read, vec![statement]);
            let done = self.shared.run(work).await?;
            self.follow_clock(done.now).await?;
            let rows = done.rows(0);
            for row in rows {
                let (Ok(endpoint), Ok(due)) = (row.integer(0), row.integer(1)) else {
                    continue;
                };
                last = endpoint;
                let wait = due.saturating_sub(done.now).max(0);
                pending.push((
                    endpoint,
                    Duration::from_millis(wait.try_into().unwrap_or(0)),
                ));
            }
            if rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                return Ok(pending);
            }
        }
    }
}
