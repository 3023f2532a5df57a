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
    /// Up to which number what was delivered is too much: a number, so that processes which share
    /// the outbox delete the same.
    surplus: i64,
    /// After which number each page of this round began, and how much of it was delivered.
    pages: Vec<(i64, u64)>,
    /// The page in which the surplus ends, and how many of it are too much.
    end: Option<(i64, u64)>,
}

impl Shared {
    /// Looks at the next page; when to go on.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub(crate) async fn clean(&self, cleaning: &mut Cleaning) -> Result<Duration, DeliveryError> {
        if let Some(end) = cleaning.end {
            cleaning.surplus = self.find(end).await?;
            cleaning.end = None;
            Ok(PAUSE)
        } else if cleaning.deliveries_are_done {
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

    /// The number of this delivered one after a number, counted from 1.
    async fn find(&self, (position, count): (i64, u64)) -> Result<i64, DeliveryError> {
        let values = [Value::Integer(position), Value::Integer(PAGE)];
        let rows = self.read(outbox::SETTLED, values).await?;
        let delivered = rows.iter().filter(is_delivered);
        let index = usize::try_from(count.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut numbers = delivered.filter_map(|row| row.integer(0).ok());
        Ok(numbers.nth(index).unwrap_or(position))
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
        let kept = rows.iter().filter(is_delivered);
        let kept = kept.filter(|row| is_past(row, done.now, self.surplus, retention) == Ok(false));
        let count = u64::try_from(kept.count()).unwrap_or(u64::MAX);
        self.pages.push((self.delivery, count));
        match rows.last().map(|row| row.integer(0)) {
            Some(Ok(last)) if is_full(rows) => self.delivery = last,
            _ => {
                self.end = end_of_surplus(&self.pages, retention.delivered_count);
                self.pages = Vec::new();
                self.delivery = 0;
                self.deliveries_are_done = true;
            }
        }
    }
}

/// The page in which ends what is more than so many of the latest, and how many of it are too much.
fn end_of_surplus(pages: &[(i64, u64)], limit: u64) -> Option<(i64, u64)> {
    let mut room = limit;
    for (position, count) in pages.iter().rev() {
        match room.checked_sub(*count) {
            Some(left) => room = left,
            None => return Some((*position, count - room)),
        }
    }
    None
}

fn is_delivered(row: &&Row) -> bool {
    row.text(2) == Ok(DeliveryState::Delivered.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sender, SenderOptions};

    const SECOND: Duration = Duration::from_secs(1);

    fn open(retention: Retention) -> Sender {
        let options = SenderOptions::new().retention(retention);
        options.open_sqlite(":memory:").unwrap()
    }

    async fn change(sender: &Sender, text: String) {
        let statement = Statement::new(Kind::Change, text, []);
        sender
            .run(Work::new(Purpose::Note, [statement]))
            .await
            .unwrap();
    }

    /// Deliveries of these states, so many seconds old, each with a message and two attempts.
    async fn insert(sender: &Sender, state: &str, age: u64, count: usize) {
        let now = sender.now().millis();
        let then = now - age * 1_000;
        for _ in 0..count {
            change(
                sender,
                format!(
                    "INSERT INTO countersign_message (id, idempotency_key, event_type, payload, \
                     created_ms) SELECT 'm' || count(*), CASE WHEN count(*) % 2 = 0 THEN 'k' || \
                     count(*) END, 'a', x'00', {then} FROM countersign_message"
                ),
            )
            .await;
            change(
                sender,
                format!(
                    "INSERT INTO countersign_delivery (message, endpoint, state, attempts, \
                     is_replay, due_ms, noted_ms) SELECT max(number), 1, '{state}', 2, 0, {then}, \
                     {then} FROM countersign_message"
                ),
            )
            .await;
            for _ in 0..2 {
                change(
                    sender,
                    "INSERT INTO countersign_attempt (delivery, attempt, at_ms, duration_us) \
                     SELECT max(number), 1, 0, 0 FROM countersign_delivery"
                        .to_owned(),
                )
                .await;
            }
        }
    }

    /// Rounds as a dispatcher makes them.
    async fn clean(sender: &Sender, cleaning: &mut Cleaning, rounds: usize) {
        let mut left = rounds;
        while left > 0 {
            if sender.shared.clean(cleaning).await.unwrap() == ROUND {
                left -= 1;
            }
        }
    }

    async fn numbers(sender: &Sender, text: &'static str) -> Vec<i64> {
        let rows = sender.shared.read(text, []).await.unwrap();
        rows.iter().map(|row| row.integer(0).unwrap()).collect()
    }

    async fn deliveries(sender: &Sender) -> Vec<i64> {
        numbers(
            sender,
            "SELECT number FROM countersign_delivery ORDER BY number",
        )
        .await
    }

    async fn count(sender: &Sender, text: &'static str) -> i64 {
        numbers(sender, text).await[0]
    }

    #[tokio::test]
    async fn what_is_old_goes_by_its_state() {
        let retention = Retention {
            delivered: 100 * SECOND,
            dead: 1_000 * SECOND,
            idempotency_keys: 500 * SECOND,
            ..Retention::default()
        };
        let sender = open(retention);
        // Delivered: two old ones, two new ones. Dead: the same. And what is not settled.
        for (state, age) in [
            ("delivered", 101),
            ("delivered", 90),
            ("dead", 1_001),
            ("dead", 990),
            ("waiting", 5_000),
            ("running", 5_000),
        ] {
            insert(&sender, state, age, 2).await;
        }
        let mut cleaning = Cleaning::default();
        clean(&sender, &mut cleaning, 1).await;
        assert_eq!(deliveries(&sender).await, [3, 4, 7, 8, 9, 10, 11, 12]);
        let attempts = "SELECT count(*) FROM countersign_attempt";
        assert_eq!(count(&sender, attempts).await, 16);
        // The message of one whose key is still to be known stays.
        let messages = "SELECT number FROM countersign_message ORDER BY number";
        assert_eq!(
            numbers(&sender, messages).await,
            [1, 3, 4, 7, 8, 9, 10, 11, 12]
        );
        let mut key = "UPDATE countersign_message SET created_ms = created_ms - 500000".to_owned();
        key.push_str(" WHERE number = 1");
        change(&sender, key).await;
        clean(&sender, &mut cleaning, 1).await;
        assert_eq!(
            count(&sender, "SELECT count(*) FROM countersign_message").await,
            8
        );
    }

    #[tokio::test]
    async fn of_what_was_delivered_the_latest_stay() {
        for (limit, before, dead, after) in [
            (5, 10, 30, 0),
            (5, 3, 0, 3),
            (5, 0, 20, 9),
            (0, 4, 4, 4),
            (700, 600, 700, 600),
            (100, 0, 0, 1_100),
        ] {
            let retention = Retention {
                delivered_count: limit,
                ..Retention::default()
            };
            let sender = open(retention);
            insert(&sender, "delivered", 50, before).await;
            insert(&sender, "dead", 40, dead / 2).await;
            insert(&sender, "waiting", 40, dead / 2).await;
            insert(&sender, "delivered", 30, after).await;
            let delivered =
                "SELECT number FROM countersign_delivery WHERE state = 'delivered' ORDER BY number";
            let all = numbers(&sender, delivered).await;
            // Two processes, each with an account of its own.
            let mut cleanings = [Cleaning::default(), Cleaning::default()];
            for rounds in [1, 2] {
                for cleaning in &mut cleanings {
                    clean(&sender, cleaning, rounds).await;
                }
            }
            let kept = all.len().min(limit as usize);
            assert_eq!(numbers(&sender, delivered).await, all[all.len() - kept..]);
            assert_eq!(deliveries(&sender).await.len(), kept + dead);
        }
    }
}
