//! The outbox as a monitor shows it.

use std::time::Duration;

use countersign::monitor::{
    DeadDelivery, MOST_ATTEMPTS, MOST_DEAD_LETTERS, MOST_ENDPOINTS, MOST_REPLAYS, OutboxView,
    ShownAttempt, ShownEndpoint, ShownReplay, is_shown,
};
use countersign::sql::outbox;
use countersign::{Error, UnixTime};
use countersign_database::{Row, Unreadable, Value};

use super::management::read_all;
use super::stored::time;
use super::{DeliveryFilter, Replay, StoredDelivery, read_health};
use crate::sender::Sender;

impl Sender {
    /// What a monitor shows of the outbox, as far as it answers; what does not is logged. Dead
    /// letters and attempts are for a page alone, not for metrics.
    ///
    /// It counts what is not done one by one, and so takes longer the more that is.
    pub async fn shown(&self, on_page: bool) -> OutboxView {
        let mut view = OutboxView::down();
        view.endpoints = answered(self.shown_endpoints().await);
        view.replays = answered(self.shown_replays().await);
        if on_page {
            view.attempts = answered(self.shown_attempts().await);
            view.dead_letters = answered(self.shown_dead_letters().await);
        }
        view
    }

    /// Has a dead letter delivered once more that [`shown`](Self::shown) shows now; whether there is
    /// one of this number. What was delivered is not delivered again by a page that is no longer
    /// true.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn replay_shown(&self, number: u64) -> Result<bool, Error> {
        let letters = self.shown_dead_letters().await?;
        if !is_shown(letters.iter().map(|letter| letter.number), number) {
            return Ok(false);
        }
        match number.try_into() {
            Ok(number) => self.replay(number).await,
            Err(_) => Ok(false),
        }
    }

    async fn shown_endpoints(&self) -> Result<Vec<ShownEndpoint>, Error> {
        let options = &self.shared.options;
        let now = (options.clock)();
        let rows = self.shared.read(outbox::STANDINGS, [most(MOST_ENDPOINTS)]);
        read_all(&rows.await?, |row| {
            let availability = options
                .health_policy
                .availability(&read_health(row, 1)?, now);
            let mut endpoint = ShownEndpoint::new(row.text(0)?, availability);
            endpoint.failures = number(row, 1)?;
            endpoint.waiting = number(row, 7)?;
            endpoint.running = number(row, 8)?;
            endpoint.dead = number(row, 9)?;
            Ok(endpoint)
        })
    }

    async fn shown_replays(&self) -> Result<Vec<ShownReplay>, Error> {
        let replays = self.replays(MOST_REPLAYS as u32).await?;
        Ok(replays.iter().filter_map(shown_replay).collect())
    }

    async fn shown_attempts(&self) -> Result<Vec<ShownAttempt>, Error> {
        let values = [most(MOST_ATTEMPTS)];
        let rows = self.shared.read(outbox::LATEST_ATTEMPTS, values).await?;
        read_all(&rows, shown_attempt)
    }

    async fn shown_dead_letters(&self) -> Result<Vec<DeadDelivery>, Error> {
        let filter = DeliveryFilter::new();
        let letters = self.dead_letters(&filter, MOST_DEAD_LETTERS as u32).await?;
        Ok(letters.into_iter().filter_map(shown_letter).collect())
    }
}

/// Databases number from 1.
fn shown_replay(replay: &Replay) -> Option<ShownReplay> {
    let number = replay.number.try_into().ok()?;
    let mut shown = ShownReplay::new(number, replay.created, replay.total, replay.per_second);
    shown.replayed = replay.replayed;
    shown.state = replay.state.as_str().into();
    Some(shown)
}

fn shown_letter(letter: StoredDelivery) -> Option<DeadDelivery> {
    let number = letter.number.try_into().ok()?;
    let mut shown = DeadDelivery::new(number, letter.created, letter.attempts);
    shown.endpoint = letter.endpoint;
    shown.message_id = letter.message_id;
    shown.event_type = letter.event_type;
    shown.reason = letter.reason;
    Some(shown)
}

fn shown_attempt(row: &Row) -> Result<ShownAttempt, Unreadable> {
    let at: UnixTime = time(row.integer(1)?)?;
    let duration = Duration::from_micros(number(row, 3)?);
    let mut shown = ShownAttempt::new(number(row, 0)?, at, number(row, 2)?, duration);
    shown.endpoint = row.text_or_null(4)?.map(str::to_owned);
    shown.message_id = row.text(5)?.into();
    shown.event_type = row.text(6)?.into();
    let status = row.integer_or_null(7)?.map(u16::try_from).transpose();
    shown.status = status.map_err(|_| Unreadable)?;
    shown.error = row.text_or_null(8)?.map(str::to_owned);
    Ok(shown)
}

fn number<N: TryFrom<i64>>(row: &Row, place: usize) -> Result<N, Unreadable> {
    row.integer(place)?.try_into().map_err(|_| Unreadable)
}

fn most(count: usize) -> Value {
    Value::Integer(count as i64)
}

fn answered<T>(answer: Result<T, Error>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::error!(code = error.code(), "the outbox does not answer a monitor");
            None
        }
    }
}
