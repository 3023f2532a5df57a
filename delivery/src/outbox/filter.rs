//! Which deliveries are meant.

use countersign::UnixTime;
use countersign::sql::outbox::Wanted;
use countersign_database::Value;

use super::stored::DeliveryState;

/// Which deliveries are meant; all if nothing is said.
///
/// ```
/// use countersign_delivery::DeliveryFilter;
///
/// let filter = DeliveryFilter::new().endpoint("customer-7").event_type("invoice.paid");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a filter does nothing by itself"]
pub struct DeliveryFilter {
    pub(super) state: Option<DeliveryState>,
    pub(super) endpoint: Option<String>,
    pub(super) event_type: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) since: Option<UnixTime>,
    pub(super) until: Option<UnixTime>,
    pub(super) before: Option<i64>,
}

impl DeliveryFilter {
    /// All.
    pub fn new() -> Self {
        Self::default()
    }

    /// In this state. A replay has dead letters alone, whatever is said here.
    pub fn state(mut self, state: DeliveryState) -> Self {
        self.state = Some(state);
        self
    }

    /// To the endpoint of this id.
    pub fn endpoint(mut self, id: impl Into<String>) -> Self {
        self.endpoint = Some(id.into());
        self
    }

    /// Of this type, to the letter.
    pub fn event_type(mut self, event_type: impl Into<String>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }

    /// Dead for this reason.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Delivered or dead since this time or later.
    pub fn since(mut self, time: UnixTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Delivered or dead since this time or earlier.
    pub fn until(mut self, time: UnixTime) -> Self {
        self.until = Some(time);
        self
    }

    /// Only those of smaller numbers: the page after the one that ended with this. A replay takes no
    /// notice of it.
    pub fn before(mut self, number: i64) -> Self {
        self.before = Some(number);
        self
    }

    /// Which conditions there are, and their values.
    pub(super) fn conditions(&self) -> (Wanted, Vec<Value>) {
        let wanted = Wanted {
            state: self.state.is_some(),
            endpoint: self.endpoint.is_some(),
            event_type: self.event_type.is_some(),
            reason: self.reason.is_some(),
            since: self.since.is_some(),
            until: self.until.is_some(),
            before: self.before.is_some(),
            ..Wanted::default()
        };
        let time = |time: UnixTime| Value::Integer(time.millis().try_into().unwrap_or(i64::MAX));
        let texts = [&self.endpoint, &self.event_type, &self.reason];
        let state = self.state.map(|state| Value::text(state.as_str()));
        let values = state
            .into_iter()
            .chain(texts.into_iter().flatten().map(|text| Value::text(text)))
            .chain([self.since, self.until].into_iter().flatten().map(time))
            .chain(self.before.map(Value::Integer));
        (wanted, values.collect())
    }
}
