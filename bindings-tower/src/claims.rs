//! Asks stores, and decides what their failures mean.

use std::time::Duration;

use countersign::GuardError;

use crate::journal::Journal;
use crate::settings::{Settings, WhenStoreFails};
use crate::store::StoreFuture;

/// The stores as one request sees them.
pub(crate) struct Claims<'a> {
    settings: &'a Settings,
    /// How long a handled key is refused.
    lifetime: Duration,
    journal: &'a Journal,
}

impl<'a> Claims<'a> {
    pub(crate) fn new(settings: &'a Settings, lifetime: Duration, journal: &'a Journal) -> Self {
        Self {
            settings,
            lifetime,
            journal,
        }
    }

    /// What the store answers; none if it fails and its owner chose to admit then.
    pub(crate) async fn ask<T>(
        &self,
        question: StoreFuture<'_, T>,
    ) -> Result<Option<T>, GuardError> {
        let refusal = match question.await {
            Ok(answer) => return Ok(Some(answer)),
            Err(refusal) => refusal,
        };
        if matches!(
            refusal,
            GuardError::DuplicateEvent
                | GuardError::EventInProgress { .. }
                | GuardError::RateLimited { .. }
        ) {
            return Err(refusal);
        }
        self.journal.store_failed("a store failed");
        match self.settings.when_store_fails {
            WhenStoreFails::Admit => Ok(None),
            WhenStoreFails::Refuse => Err(GuardError::StoreUnavailable),
        }
    }

    /// The token of a claim on the key; none if the event is handled without one.
    pub(crate) async fn claim(&self, key: Option<&str>) -> Result<Option<String>, GuardError> {
        let (Some(key), Some(store)) = (key, &self.settings.replay) else {
            return Ok(None);
        };
        self.ask(store.claim(key, self.settings.lease)).await
    }

    /// Notes what became of the event. A store that fails now changes no answer.
    pub(crate) async fn settle(&self, key: Option<&str>, token: Option<&str>, success: bool) {
        let (Some(key), Some(token), Some(store)) = (key, token, &self.settings.replay) else {
            return;
        };
        let noted = match success {
            true => store.complete(key, token, self.lifetime).await,
            false => store.release(key, token).await,
        };
        if noted.is_err() {
            self.journal.store_failed(
                "what became of an event could not be noted; its lease ends by itself",
            );
        }
    }
}
