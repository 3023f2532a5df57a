//! What is past is deleted, a little at a time.

use std::time::Duration;

use countersign::DeliveryError;
use countersign::sql::outbox;
use countersign_database::{Done, Kind, Next, Purpose, Row, Statement, Unreadable, Value, Work};

use super::stored::DeliveryState;
use crate::sender::Shared;
use crate::settings::Retention;

/// How many rows are looked at in one transaction.
const PAGE: i64 = 500;
/// How long to wait before the next round, and between pages, so that nobody waits for this.
const ROUND: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// How far a round is: through the deliveries in their order, then through the messages.
#[derive(Debug, Default)]
pub(crate) struct Cleaning {
    /// The last delivery and the last message that were looked at.
    delivery: i64,
    message: i64,
    deliveries_are_done: bool,
    /// Up to which number what was delivered is too much, and how much was counted beyond.
    surplus: i64,
    counted: u64,
}

impl Shared {
    /// Looks at the next page; when to go on.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub(crate) async fn clean(&self, cleaning: &mut Cleaning) -> Result<Duration, DeliveryError> {
        if cleaning.deliveries_are_done {
            self.clean_messages(cleaning).await
        } else {
            self.clean_deliveries(cleaning).await
        }
    }

    async fn clean_deliveries(&self, cleaning: &mut Cleaning) -> Result<Duration, DeliveryError> {
        let retention = self.options.retention.clone();
        let (position, surplus) = (cleaning.delivery, cleaning.surplus);
        let values = [Value::Integer(position), Value::Integer(PAGE)];
        let page = Statement::new(Kind::Rows, outbox::SETTLED, values);
        let work = Work::new(Purpose::Note, vec![page]).then(move |now, answers| {
            let rows = answers[0].rows.iter();
            let past = rows.filter(|row| is_past(row, now, surplus, &retention).is_ok_and(|is| is));
            let numbers = past.filter_map(|row| Some((row.integer(0).ok()?, row.integer(1).ok()?)));
            Next::new(
                numbers
                    .flat_map(|it| delete(it, &retention))
                    .collect::<Vec<_>>(),
            )
        });
        let done = self.run(work).await?;
        cleaning.count(&done, &self.options.retention);
        Ok(PAUSE)
    }

    async fn clean_messages(&self, cleaning: &mut Cleaning) -> Result<Duration, DeliveryError> {
        let retention = &self.options.retention;
        let values = [
            Value::Integer(cleaning.message),
            Value::Before(retention.delivered.min(retention.dead)),
            Value::Integer(PAGE),
        ];
        let page = Statement::new(Kind::Rows, outbox::LONELY_MESSAGES, values);
        let keys = retention.idempotency_keys;
        let work = Work::new(Purpose::Note, vec![page]).then(move |_, answers| {
            let rows = answers[0].rows.iter().filter_map(|row| row.integer(0).ok());
            let delete = |number| {
                let values = [Value::Integer(number), Value::Before(keys)];
                Statement::new(Kind::Change, outbox::DELETE_MESSAGE, values)
            };
            Next::new(rows.map(delete).collect::<Vec<_>>())
        });
        let done = self.run(work).await?;
        let rows = done.rows(0);
        match rows.last().map(|row| row.integer(0)) {
            Some(Ok(last)) if is_full(rows) => {
                cleaning.message = last;
                Ok(PAUSE)
            }
            _ => {
                cleaning.message = 0;
                cleaning.deliveries_are_done = false;
                Ok(ROUND)
            }
        }
    }
}

impl Cleaning {
    /// Notes a page of deliveries.
    fn count(&mut self, done: &Done, retention: &Retention) {
        let rows = done.rows(0);
        let is_delivered = |row: &&Row| row.text(2) == Ok(DeliveryState::Delivered.as_str());
        let delivered = rows.iter().filter(is_delivered).count();
        self.counted += u64::try_from(delivered).unwrap_or(u64::MAX);
        match rows.last().map(|row| row.integer(0)) {
            Some(Ok(last)) if is_full(rows) => self.delivery = last,
            _ => {
                // What is delivered lies in the order of numbers, so that what is too much is about
                // the share of the numbers that is too much.
                let end = rows.last().and_then(|row| row.integer(0).ok());
                let end = end.unwrap_or(self.delivery);
                let surplus = self.counted.saturating_sub(retention.delivered_count);
                self.surplus = match i64::try_from(surplus) {
                    Ok(0) | Err(_) => 0,
                    Ok(surplus) => end - i64::try_from(self.counted).unwrap_or(end) + surplus,
                };
                self.counted = 0;
                self.delivery = 0;
                self.deliveries_are_done = true;
            }
        }
    }
}

fn is_full(rows: &[Row]) -> bool {
    i64::try_from(rows.len()).is_ok_and(|count| count >= PAGE)
}

fn is_past(row: &Row, now: i64, surplus: i64, retention: &Retention) -> Result<bool, Unreadable> {
    let age = |limit: Duration| {
        let since = row.integer(3)?;
        let limit = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
        Ok::<_, Unreadable>(now.saturating_sub(since) >= limit)
    };
    match DeliveryState::named(row.text(2)?) {
        Some(DeliveryState::Delivered) => {
            Ok(row.integer(0)? <= surplus || age(retention.delivered)?)
        }
        Some(DeliveryState::Dead) => age(retention.dead),
        _ => Ok(false),
    }
}

/// What deletes a delivery, and its message if nothing else needs it.
fn delete((number, message): (i64, i64), retention: &Retention) -> [Statement; 3] {
    let change = |text, values: Vec<Value>| Statement::new(Kind::Change, text, values);
    let keys = Value::Before(retention.idempotency_keys);
    [
        change(outbox::DELETE_DELIVERY, vec![Value::Integer(number)]),
        change(outbox::DELETE_ATTEMPTS, vec![Value::Integer(number)]),
        change(outbox::DELETE_MESSAGE, vec![Value::Integer(message), keys]),
    ]
}
