//! What people do with what was sent: look, replay, delete.

use std::collections::BTreeMap;

use bytes::Bytes;
use countersign::Error;
use countersign::sql::outbox;
use countersign_database::{Kind, Purpose, Row, Statement, Unreadable, Value, Work};

use super::filter::DeliveryFilter;
use super::stored::{Attempted, DeliveryState, StoredDelivery};
use super::unreadable;
use crate::sender::Sender;

impl Sender {
    /// The latest deliveries of those that are meant, at most so many, the latest first.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        count: u32,
    ) -> Result<Vec<StoredDelivery>, Error> {
        let (wanted, mut values) = filter.conditions();
        values.push(Value::Integer(count.into()));
        let rows = self.shared.read(outbox::deliveries(wanted), values).await?;
        read_all(&rows, StoredDelivery::read)
    }

    /// The latest dead letters of those that are meant, at most so many, the latest first.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn dead_letters(
        &self,
        filter: &DeliveryFilter,
        count: u32,
    ) -> Result<Vec<StoredDelivery>, Error> {
        let filter = filter.clone().state(DeliveryState::Dead);
        self.deliveries(&filter, count).await
    }

    /// The delivery of this number.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn delivery(&self, number: i64) -> Result<Option<StoredDelivery>, Error> {
        let rows = self
            .shared
            .read(outbox::DELIVERY, [Value::Integer(number)])
            .await?;
        Ok(read_all(&rows, StoredDelivery::read)?.pop())
    }

    /// Where the message of this id goes: one delivery for each endpoint.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn deliveries_of(&self, message_id: &str) -> Result<Vec<StoredDelivery>, Error> {
        let values = [Value::text(message_id)];
        let rows = self
            .shared
            .read(outbox::DELIVERIES_OF_MESSAGE, values)
            .await?;
        read_all(&rows, StoredDelivery::read)
    }

    /// The payload of the message of this id.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn payload(&self, message_id: &str) -> Result<Option<Bytes>, Error> {
        let rows = self
            .shared
            .read(outbox::PAYLOAD, [Value::text(message_id)])
            .await?;
        Ok(read_all(&rows, |row| row.bytes(0).cloned())?.pop())
    }

    /// The latest attempts of a delivery, at most so many, the latest first.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn attempts(&self, number: i64, count: u32) -> Result<Vec<Attempted>, Error> {
        let values = [Value::Integer(number), Value::Integer(count.into())];
        let rows = self.shared.read(outbox::ATTEMPTS, values).await?;
        read_all(&rows, Attempted::read)
    }

    /// How many deliveries are in which state. It counts them one by one.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn counts(&self) -> Result<BTreeMap<DeliveryState, u64>, Error> {
        let rows = self.shared.read(outbox::COUNTS, []).await?;
        let mut counts: BTreeMap<_, _> = DeliveryState::ALL
            .into_iter()
            .map(|state| (state, 0))
            .collect();
        let found = read_all(&rows, |row| {
            let state = DeliveryState::named(row.text(1)?).ok_or(Unreadable)?;
            Ok((state, row.integer(2)?.try_into().unwrap_or(0_u64)))
        })?;
        for (state, count) in found {
            *counts.entry(state).or_default() += count;
        }
        Ok(counts)
    }

    /// Has one dead letter, or one that was delivered, delivered once more, at once and with a new
    /// count of attempts; whether there is one of this number. Its failures do not count against
    /// the endpoint's health.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn replay(&self, number: i64) -> Result<bool, Error> {
        let values = [Value::Integer(1), Value::Now, Value::Integer(number)];
        let changed = self
            .shared
            .change(Purpose::Store, outbox::REPLAY_ONE, values)
            .await?;
        self.shared.signals.look();
        Ok(changed == 1)
    }

    /// Deletes a delivery that is dead or delivered, with its attempts; whether there was one.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn delete_delivery(&self, number: i64) -> Result<bool, Error> {
        let values = [Value::Integer(number)];
        let delete = Statement::new(Kind::Change, outbox::DELETE_DELIVERY, values);
        let work = Work::new(Purpose::Store, vec![delete]).then(move |_, answers| {
            let statements = match answers[0].changed {
                0 => Vec::new(),
                _ => vec![Statement::new(
                    Kind::Change,
                    outbox::DELETE_ATTEMPTS,
                    [Value::Integer(number)],
                )],
            };
            countersign_database::Next::new(statements)
        });
        Ok(self.run(work).await?.changed(0) == 1)
    }
}

pub(super) fn read_all<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Error> {
    let read = rows.iter().map(read).collect::<Result<_, _>>();
    Ok(read.map_err(|_| unreadable())?)
}
