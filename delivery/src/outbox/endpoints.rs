//! Endpoints in their table.

use std::fmt;

use countersign::error::MessageDefect;
use countersign::sql::outbox;
use countersign::{
    ConfigurationError, DeliveryError, DisableReason, EndpointHealth, Error, UnixTime,
};
use countersign_database::{Kind, Next, Purpose, Row, Statement, Unreadable, Value, Work};
use zeroize::Zeroizing;

use super::unreadable;
use crate::endpoint::{Endpoint, EndpointSettings};
use crate::sender::{Sender, is_url};
use crate::target::Target;
use crate::vault::Vault;

/// An endpoint as it is registered, without its secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct RegisteredEndpoint {
    /// What programs name it by.
    pub id: String,
    /// Whose it is; empty if nobody's.
    pub owner: String,
    /// Where messages go.
    pub url: String,
    /// The name of the signature scheme; `None` for the sender's own.
    pub scheme: Option<String>,
    /// How many secrets sign.
    pub secret_count: usize,
    /// The patterns of the types that it wants.
    pub event_types: Vec<String>,
    /// What the attempts to send to it tell of it.
    pub health: EndpointHealth,
    /// When it was registered.
    pub created: UnixTime,
}

/// An endpoint's row.
pub(crate) struct ReadEndpoint {
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) endpoint: Endpoint,
    secret_count: usize,
    health: EndpointHealth,
    created: i64,
}

/// What the columns of a health hold.
pub(crate) fn health_values(health: &EndpointHealth) -> [Value; 6] {
    let time = |time: Option<UnixTime>| match time {
        Some(time) => Value::Integer(i64::try_from(time.millis()).unwrap_or(i64::MAX)),
        None => Value::Null,
    };
    [
        Value::Integer(health.failures.into()),
        time(health.failing_since),
        time(health.throttled_until),
        time(health.circuit_open_until),
        Value::Integer(health.openings.into()),
        match health.disabled {
            Some(reason) => Value::text(reason.as_str()),
            None => Value::Null,
        },
    ]
}

/// The health of which the first column is in this place.
pub(crate) fn read_health(row: &Row, place: usize) -> Result<EndpointHealth, Unreadable> {
    let count = |place| u32::try_from(row.integer(place)?).map_err(|_| Unreadable);
    let time = |place| {
        let millis = row.integer_or_null(place)?.map(u64::try_from).transpose();
        Ok::<_, Unreadable>(millis.map_err(|_| Unreadable)?.map(UnixTime::from_millis))
    };
    let mut health = EndpointHealth::new();
    health.failures = count(place)?;
    health.failing_since = time(place + 1)?;
    health.throttled_until = time(place + 2)?;
    health.circuit_open_until = time(place + 3)?;
    health.openings = count(place + 4)?;
    health.disabled = match row.text_or_null(place + 5)? {
        Some(word) => Some(DisableReason::named(word).ok_or(Unreadable)?),
        None => None,
    };
    Ok(health)
}

impl ReadEndpoint {
    /// An endpoint whose secrets cannot be opened is an error of its own.
    pub(crate) fn read(row: &Row, vault: &Vault) -> Result<Self, DeliveryError> {
        Self::read_sealed(row, |endpoint, sealed| vault.open(endpoint, sealed))
    }

    fn read_sealed(
        row: &Row,
        open: impl Fn(&str, &str) -> Result<Zeroizing<String>, DeliveryError>,
    ) -> Result<Self, DeliveryError> {
        let read = |row: &Row| {
            let text = |place| row.text(place).map(str::to_owned);
            let mut endpoint = Endpoint::new(text(1)?, text(3)?);
            endpoint.owner = text(2)?;
            endpoint.scheme = row.text_or_null(4)?.map(str::to_owned);
            let secrets = Zeroizing::new(text(5)?);
            let secrets: Vec<Zeroizing<String>> = serde_json::from_str::<Vec<String>>(&secrets)
                .map_err(|_| Unreadable)?
                .into_iter()
                .map(Zeroizing::new)
                .collect();
            endpoint.settings = serde_json::from_str(row.text(6)?).map_err(|_| Unreadable)?;
            let read = Self {
                number: row.integer(0)?,
                version: row.integer(7)?,
                secret_count: secrets.len(),
                health: read_health(row, 9)?,
                created: row.integer(15)?,
                endpoint,
            };
            Ok::<_, Unreadable>((read, secrets))
        };
        let (mut read, sealed) = read(row).map_err(|_| unreadable())?;
        let id = read.endpoint.id.clone();
        let secrets = sealed.iter().map(|sealed| open(&id, sealed));
        read.endpoint.secrets = secrets.collect::<Result<_, _>>()?;
        Ok(read)
    }

    fn registered(self, event_types: Vec<String>) -> RegisteredEndpoint {
        RegisteredEndpoint {
            id: self.endpoint.id,
            owner: self.endpoint.owner,
            url: self.endpoint.url,
            scheme: self.endpoint.scheme,
            secret_count: self.secret_count,
            event_types,
            health: self.health,
            created: UnixTime::from_millis(self.created.try_into().unwrap_or(0)),
        }
    }
}

impl fmt::Debug for RegisteredEndpoint {
    /// Without the URL, whose path may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredEndpoint")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .field("scheme", &self.scheme)
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

/// The statements that register an endpoint with this row.
pub(crate) fn endpoint_statements(endpoint: &Endpoint, row: Vec<Value>) -> Vec<Statement> {
    let id = Value::text(&endpoint.id);
    let change = |text, values: Vec<Value>| Statement::new(Kind::Change, text, values);
    let mut statements = vec![
        change(outbox::PUT_ENDPOINT, row),
        change(outbox::UNSUBSCRIBE, vec![id.clone()]),
        change(
            outbox::REORDER,
            vec![Value::Now, Value::Now, id.clone(), id.clone()],
        ),
    ];
    let all = [String::from("*")];
    let patterns = match &endpoint.event_types[..] {
        [] => &all,
        patterns => patterns,
    };
    for pattern in patterns {
        let (beginning, is_whole) = outbox::subscription(pattern);
        let values = vec![
            Value::text(beginning),
            Value::Integer(is_whole.into()),
            id.clone(),
        ];
        statements.push(change(outbox::SUBSCRIBE, values));
    }
    statements
}

fn settings_value(settings: &EndpointSettings) -> Value {
    // Nothing of it can fail to be JSON.
    Value::Text(serde_json::to_string(settings).unwrap_or_default().into())
}

impl Sender {
    /// # Errors
    /// What is wrong with the endpoint.
    pub(crate) fn check(&self, endpoint: &Endpoint) -> Result<(), Error> {
        endpoint.check()?;
        if is_url(&endpoint.id) && endpoint.id != endpoint.url {
            // Messages to this URL would go to another.
            return Err(DeliveryError::MalformedMessage(MessageDefect::Name).into());
        }
        Target::new(endpoint, &self.shared.options)?;
        Ok(())
    }

    /// The values of [`outbox::PUT_ENDPOINT`].
    pub(crate) fn endpoint_values(&self, endpoint: &Endpoint) -> Result<Vec<Value>, DeliveryError> {
        Ok(vec![
            Value::text(&endpoint.id),
            Value::text(&endpoint.owner),
            Value::text(&endpoint.url),
            Value::text_or_null(endpoint.scheme.as_deref()),
            self.sealed(endpoint)?,
            settings_value(&endpoint.settings),
            Value::Integer(endpoint.settings.is_fifo.into()),
            Value::Now,
        ])
    }

    fn sealed(&self, endpoint: &Endpoint) -> Result<Value, DeliveryError> {
        let vault = &self.shared.options.vault;
        let sealed = endpoint.secrets.iter();
        let sealed = sealed.map(|secret| vault.seal(&endpoint.id, secret));
        let sealed = sealed.collect::<Result<Vec<_>, _>>()?;
        Ok(Value::text(&serde_json::Value::from(sealed).to_string()))
    }

    /// Puts a new secret before those of an endpoint: from now on it signs, and those before it sign
    /// as well, where the scheme has room, until [`retire_secrets`](Self::retire_secrets).
    ///
    /// # Errors
    /// `unknown_endpoint`, `malformed_secret`, `empty_secret`, `unreadable_secret`,
    /// `outbox_unavailable`; `no_secrets` if the endpoint uses the sender's own.
    pub async fn rotate_secret(&self, id: &str, secret: &str) -> Result<(), Error> {
        let secret = Zeroizing::new(secret.to_owned());
        self.change_secrets(id, move |secrets| secrets.insert(0, secret.clone()))
            .await
    }

    /// Ends a rotation: only the first secret of an endpoint, which was put there last, stays.
    ///
    /// # Errors
    /// `unknown_endpoint`, `unreadable_secret`, `outbox_unavailable`; `no_secrets` if the endpoint
    /// uses the sender's own.
    pub async fn retire_secrets(&self, id: &str) -> Result<(), Error> {
        self.change_secrets(id, |secrets| secrets.truncate(1)).await
    }

    async fn change_secrets(
        &self,
        id: &str,
        change: impl Fn(&mut Vec<Zeroizing<String>>),
    ) -> Result<(), Error> {
        loop {
            let rows = self
                .shared
                .read(outbox::ENDPOINT, [Value::text(id)])
                .await?;
            let row = rows.first().ok_or(DeliveryError::UnknownEndpoint)?;
            let mut read = ReadEndpoint::read(row, &self.shared.options.vault)?;
            if read.endpoint.secrets.is_empty() {
                return Err(ConfigurationError::NoSecrets.into());
            }
            change(&mut read.endpoint.secrets);
            self.check(&read.endpoint)?;
            let values = [
                self.sealed(&read.endpoint)?,
                Value::text(id),
                Value::Integer(read.version),
            ];
            let statement = outbox::PUT_SECRETS;
            if self
                .shared
                .change(Purpose::Store, statement, values)
                .await?
                == 1
            {
                self.shared.signals.look();
                return Ok(());
            }
            // Somebody else changed it meanwhile.
        }
    }

    /// Disables an endpoint by hand: what waits for it becomes dead letters, and nothing is
    /// published to it. Whether there is such an endpoint.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn disable(&self, id: &str) -> Result<bool, Error> {
        let mut health = EndpointHealth::new();
        health.disabled = Some(DisableReason::Manual);
        self.put_health(id, health).await
    }

    /// Enables an endpoint again, as healthy. What became dead letters meanwhile can be
    /// [replayed](Self::replay_all). Whether there is such an endpoint.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn enable(&self, id: &str) -> Result<bool, Error> {
        self.put_health(id, EndpointHealth::new()).await
    }

    async fn put_health(&self, id: &str, health: EndpointHealth) -> Result<bool, Error> {
        let find = Statement::new(Kind::LockedRows, outbox::ENDPOINT, [Value::text(id)]);
        let work = Work::new(Purpose::Store, vec![find]).then(move |_, answers| {
            let number = answers[0].rows.first().map(|row| row.integer(0));
            let Some(Ok(number)) = number else {
                return Next::nothing();
            };
            let mut values = health_values(&health).to_vec();
            values.push(Value::Integer(number));
            let unblock = [Value::Integer(0), Value::Integer(number)];
            Next::new(vec![
                Statement::new(Kind::Change, outbox::PUT_HEALTH, values),
                Statement::new(Kind::Change, outbox::BLOCK, unblock),
            ])
        });
        let done = self.run(work).await?;
        self.shared.signals.look();
        Ok(!done.rows(0).is_empty())
    }

    /// Deletes an endpoint; what waits for it becomes dead letters. Whether there was one.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn delete_endpoint(&self, id: &str) -> Result<bool, Error> {
        let statement = |text| Statement::new(Kind::Change, text, [Value::text(id)]);
        let statements = [outbox::UNSUBSCRIBE, outbox::DELETE_ENDPOINT].map(statement);
        let done = self.run(Work::new(Purpose::Store, statements)).await?;
        self.shared.signals.look();
        Ok(done.changed(1) == 1)
    }

    /// The endpoint of this id.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn endpoint(&self, id: &str) -> Result<Option<RegisteredEndpoint>, Error> {
        let rows = self
            .shared
            .read(outbox::ENDPOINT, [Value::text(id)])
            .await?;
        match rows.first() {
            Some(row) => Ok(Some(self.registered(row).await?)),
            None => Ok(None),
        }
    }

    /// The endpoints with ids after this one in the order of their ids, at most so many; all begin
    /// after the empty id.
    ///
    /// # Errors
    /// `outbox_unavailable`.
    pub async fn endpoints(
        &self,
        after: &str,
        count: u32,
    ) -> Result<Vec<RegisteredEndpoint>, Error> {
        let values = [Value::text(after), Value::Integer(count.into())];
        let rows = self.shared.read(outbox::ENDPOINTS, values).await?;
        let mut endpoints = Vec::with_capacity(rows.len());
        for row in &rows {
            endpoints.push(self.registered(row).await?);
        }
        Ok(endpoints)
    }

    async fn registered(&self, row: &Row) -> Result<RegisteredEndpoint, DeliveryError> {
        // Whoever only looks needs no key.
        let read = ReadEndpoint::read_sealed(row, |_, _| Ok(Zeroizing::default()))?;
        let values = [Value::Integer(read.number)];
        let rows = self.shared.read(outbox::SUBSCRIPTIONS, values).await?;
        let pattern = |row: &Row| {
            let star = if row.integer(1)? == 1 { "" } else { "*" };
            Ok::<_, Unreadable>(format!("{}{star}", row.text(0)?))
        };
        let patterns = rows.iter().map(pattern).collect::<Result<_, _>>();
        Ok(read.registered(patterns.map_err(|_| unreadable())?))
    }
}
