//! The thread that has the connection.

use std::iter;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};

use countersign::UnixTime;
use rusqlite::{Connection, Error, Result};
use tokio::sync::oneshot;

use super::Durability;
use super::foreign::ForeignCommits;
use super::statements::Prepared;
use crate::failure::Unavailable;
use crate::value::{Answered, Done};
use crate::work::{Kind, Purpose, Statement, Work};

pub(super) type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;
type Answer = std::result::Result<Done, Unavailable>;

pub(super) struct Settings {
    pub(super) clock: Clock,
    pub(super) durability: Durability,
    pub(super) on_foreign_commit: Option<Box<dyn Fn() + Send>>,
}

/// A work, and who waits for it.
pub(super) struct Job {
    work: Work,
    /// Whether what comes then was asked, which can be done once.
    was_asked: bool,
    answer: oneshot::Sender<Answer>,
}

impl Job {
    pub(super) fn new(work: Work, answer: oneshot::Sender<Answer>) -> Self {
        Self {
            work,
            was_asked: false,
            answer,
        }
    }

    fn can_be_asked(&self) -> bool {
        self.work.then.is_some()
    }

    fn tell(self, answer: Answer) {
        // Who asked may have gone, which changes nothing.
        let _ = self.answer.send(answer);
    }

    /// Whether it is undone whenever it fails, as a single statement is.
    fn is_simple(&self) -> bool {
        let Work {
            purpose,
            statements,
            then,
        } = &self.work;
        let is_one = match &statements[..] {
            [one] => matches!(one.kind, Kind::Change | Kind::Insert),
            _ => false,
        };
        *purpose == Purpose::Read || is_one && then.is_none()
    }
}

fn failed(error: &Error) -> Unavailable {
    // The kind alone: texts of SQLite quote what was stored.
    let kind = error.sqlite_error_code();
    tracing::error!(code = "store_unavailable", ?kind, "SQLite failed");
    Unavailable
}

/// Works until nobody can want anything any more.
pub(super) fn work_off(connection: &Connection, queue: &mpsc::Receiver<Job>, settings: Settings) {
    let mut prepared = Prepared::new(connection);
    let foreign = settings.on_foreign_commit;
    let mut foreign = foreign.map(|callback| ForeignCommits::new(callback, &mut prepared));
    let mut worker = Worker {
        prepared,
        clock: settings.clock,
        durability: settings.durability,
        is_synchronised: settings.durability == Durability::PowerCut,
    };
    while let Some(first) = wait(queue, foreign.as_mut(), &mut worker.prepared) {
        let waiting = iter::once(first).chain(queue.try_iter());
        // In one transaction, in their order, and what reads sees all of it.
        let (reads, changes): (Vec<Job>, Vec<Job>) =
            waiting.partition(|job| job.work.purpose == Purpose::Read);
        worker.work_together(changes);
        worker.work_together(reads);
    }
}

fn wait(
    queue: &mpsc::Receiver<Job>,
    foreign: Option<&mut ForeignCommits>,
    prepared: &mut Prepared<'_>,
) -> Option<Job> {
    let Some(foreign) = foreign else {
        return queue.recv().ok();
    };
    loop {
        if foreign.pause().is_zero() {
            foreign.look(prepared);
        }
        match queue.recv_timeout(foreign.pause()) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

struct Worker<'c> {
    prepared: Prepared<'c>,
    clock: Clock,
    durability: Durability,
    /// Whether the file is synchronised with each commit.
    is_synchronised: bool,
}

/// Why a transaction was not done.
enum Failure {
    /// It has not begun.
    Begin(Error),
    /// All that was done in it is undone, by the work of this index or by the commit.
    Undone(Error, Option<usize>),
}

impl Worker<'_> {
    /// Does it in one transaction, which costs as much for many as for one.
    fn work_together(&mut self, mut jobs: Vec<Job>) {
        // What can be asked once must not be undone because of others: it comes last, and apart.
        jobs.sort_by_key(Job::can_be_asked);
        self.work(jobs, false);
    }

    /// The same. If they are kept apart, which takes time, each can be undone alone.
    fn work(&mut self, mut jobs: Vec<Job>, apart: bool) {
        if jobs.is_empty() {
            return;
        }
        let outcome = self.transact(&mut jobs, apart);
        if let Err(error) = self.roll_back() {
            // The next transaction tries it again.
            failed(&error);
        }
        match outcome {
            Ok(done) => {
                for (job, done) in jobs.into_iter().zip(done) {
                    job.tell(done.map_err(|error| failed(&error)));
                }
            }
            Err(Failure::Undone(error, culprit)) if jobs.len() > 1 => {
                let unavailable = failed(&error);
                let mut others = Vec::with_capacity(jobs.len());
                for (index, job) in jobs.into_iter().enumerate() {
                    match job.was_asked || culprit == Some(index) {
                        true => job.tell(Err(unavailable)),
                        false => others.push(job),
                    }
                }
                if !apart && culprit.is_some() {
                    self.work(others, true);
                } else {
                    for job in others {
                        self.work(vec![job], true);
                    }
                }
            }
            // It would be the same for each of them.
            Err(Failure::Begin(error) | Failure::Undone(error, _)) => {
                let unavailable = failed(&error);
                for job in jobs {
                    job.tell(Err(unavailable));
                }
            }
        }
    }

    fn transact(
        &mut self,
        jobs: &mut [Job],
        apart: bool,
    ) -> std::result::Result<Vec<Result<Done>>, Failure> {
        let now = self.begin(jobs).map_err(Failure::Begin)?;
        let is_alone = jobs.len() == 1;
        let mut done = Vec::with_capacity(jobs.len());
        for (index, job) in jobs.iter_mut().enumerate() {
            let is_simple = is_alone || job.is_simple();
            let is_apart = !is_simple && (apart || job.can_be_asked());
            let outcome = match is_apart {
                true => self.perform_apart(job, now),
                false => self.perform(job, now),
            };
            let is_partly_done = !is_apart && !is_simple;
            match outcome {
                // SQLite itself undoes all that was done when the disk is full, for example.
                Err(error) if is_partly_done || self.prepared.is_idle() => {
                    return Err(Failure::Undone(error, Some(index)));
                }
                outcome => done.push(outcome),
            }
        }
        let is_something_done = done.iter().any(Result::is_ok);
        let end = if is_something_done {
            "COMMIT"
        } else {
            "ROLLBACK"
        };
        match self.prepared.command(end) {
            Ok(()) => Ok(done),
            Err(error) => Err(Failure::Undone(error, None)),
        }
    }

    /// When the transaction began.
    fn begin(&mut self, jobs: &[Job]) -> Result<i64> {
        self.roll_back()?;
        let is_for = |purpose| jobs.iter().any(|job| job.work.purpose == purpose);
        let is_store = is_for(Purpose::Store);
        if is_store || is_for(Purpose::Note) {
            self.synchronise(is_store && self.durability == Durability::PowerCut)?;
            // One that begins with reading could not wait for others that write.
            self.prepared.command("BEGIN IMMEDIATE")?;
        } else {
            self.prepared.command("BEGIN")?;
        }
        // Only now: waiting for another process takes time.
        Ok(i64::try_from((self.clock)().millis()).unwrap_or(i64::MAX))
    }

    /// Ends a transaction that was not committed, if there is one.
    fn roll_back(&mut self) -> Result<()> {
        match self.prepared.is_idle() {
            true => Ok(()),
            false => self.prepared.command("ROLLBACK"),
        }
    }

    fn synchronise(&mut self, is_synchronised: bool) -> Result<()> {
        if self.is_synchronised != is_synchronised {
            self.prepared.synchronise(is_synchronised)?;
            self.is_synchronised = is_synchronised;
        }
        Ok(())
    }

    /// Nothing of it stays if it fails, and all that was done before.
    fn perform_apart(&mut self, job: &mut Job, now: i64) -> Result<Done> {
        self.prepared.command("SAVEPOINT work")?;
        let done = self.perform(job, now);
        if self.prepared.is_idle() {
            return done;
        }
        let back = match done {
            Ok(_) => Ok(()),
            Err(_) => self.prepared.command("ROLLBACK TO work"),
        };
        if let Err(error) = back.and_then(|()| self.prepared.command("RELEASE work")) {
            // Half of it must not be committed with the others.
            self.prepared.command("ROLLBACK")?;
            return Err(error);
        }
        done
    }

    fn perform(&mut self, job: &mut Job, now: i64) -> Result<Done> {
        let mut answers = Vec::new();
        self.execute(&job.work.statements, now, &mut answers)?;
        let mut then = job.work.then.take();
        while let Some(ask) = then {
            job.was_asked = true;
            let next = ask(now, &answers);
            self.execute(&next.statements, now, &mut answers)?;
            then = next.then;
        }
        Ok(Done::new(now, answers))
    }

    fn execute(
        &mut self,
        statements: &[Statement],
        now: i64,
        answers: &mut Vec<Answered>,
    ) -> Result<()> {
        answers.reserve_exact(statements.len());
        for statement in statements {
            answers.push(self.prepared.execute(statement, now)?);
        }
        Ok(())
    }
}
