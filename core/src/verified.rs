//! What was verified, and the way from there to the event.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::PayloadError;
use crate::event::Event;
use crate::received::Received;
use crate::scheme::{Definition, Source};
use crate::time::UnixTime;
use crate::webhook::Webhook;

/// What a verified request proves; the only way to its [`Event`].
#[derive(Debug, Clone)]
pub struct Verified<'a> {
    webhook: &'a Webhook,
    definition: &'a Definition,
    body: &'a [u8],
    key_index: usize,
    id: Option<&'a [u8]>,
    /// The values of `definition.event_headers`.
    event_headers: Vec<Option<&'a [u8]>>,
    timestamp: Option<UnixTime>,
}

impl<'a> Verified<'a> {
    /// Which secret fitted, counted from 0. When it is never the old one any more, rotation is
    /// done.
    pub fn key_index(&self) -> usize {
        self.key_index
    }

    /// The message's id as far as a header has it. Signed only if the scheme signs it.
    pub fn id(&self) -> Option<&'a str> {
        let sources = self.definition.event_id.iter();
        self.header(Source::Id)
            .or_else(|| sources.copied().find_map(|source| self.header(source)))
    }

    /// The signed attempt timestamp.
    pub fn timestamp(&self) -> Option<UnixTime> {
        self.timestamp
    }

    /// The identity of the delivery, with the scheme's name before it, if a header has it.
    ///
    /// `None` where it may lie in the body: then [`Event::dedupe_key`] has it.
    pub fn dedupe_key(&self) -> Option<String> {
        let in_header = |source: &&Source| matches!(source, Source::Id | Source::Header(_));
        let mut headers = self.definition.dedupe.iter().take_while(in_header);
        let value = headers.find_map(|source| self.header(*source))?;
        Some(format!("{}:{value}", self.definition.name))
    }

    /// The verified bytes.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Parses the payload, as the scheme describes it.
    ///
    /// # Errors
    /// See [`PayloadError`].
    pub fn event(&self) -> Result<Event<'a>, PayloadError> {
        let header = |source| self.header(source);
        let prove = |text: &str| self.webhook.proof(self.key_index, text);
        Event::parse(self.definition, self.body, header, prove)
    }

    /// The value of a source that is a header.
    fn header(&self, source: Source) -> Option<&'a str> {
        let value = match source {
            Source::Id => self.id,
            Source::Header(index) => self.event_headers[index],
            Source::Body(_) | Source::Joined(_) => None,
        }?;
        // Visible ASCII, as was checked.
        core::str::from_utf8(value).ok()
    }
}

impl<'a> Received<'a> {
    pub(crate) fn verified(
        self,
        webhook: &'a Webhook,
        body: &'a [u8],
        key_index: usize,
        timestamp: Option<UnixTime>,
    ) -> Verified<'a> {
        Verified {
            webhook,
            definition: &webhook.definition,
            body,
            key_index,
            id: self.id,
            event_headers: self.event_headers,
            timestamp,
        }
    }
}
