//! What verified requests and events say, as numbers and one text.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::{Event, UnixTime, Verified};

use crate::exchange::Output;
use crate::written;

/// A text with these lines.
pub(crate) fn lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

/// Stands for a text or range that is not there.
const ABSENT: f64 = -1.0;

/// Places in the numbers of the output. The lengths are of the pieces of the text, in UTF-16
/// units; the ranges are of the body, in bytes.
#[derive(Clone, Copy)]
enum Place {
    Timestamp,
    IdLength,
    DedupeKeyLength,
    TypeLength,
    DataStart,
    DataEnd,
    PayloadStart,
    PayloadEnd,
    IsForm,
    HandshakeLength,
}

impl Output<'_> {
    pub(crate) fn verified(&mut self, verified: &Verified<'_>) {
        self.timestamp(verified.timestamp());
        self.piece(Place::IdLength, verified.id());
        self.piece(Place::DedupeKeyLength, verified.dedupe_key().as_deref());
        self.piece(Place::TypeLength, None);
        self.piece(Place::HandshakeLength, None);
    }

    pub(crate) fn event(&mut self, event: &Event<'_>, body: &[u8]) {
        self.timestamp(event.timestamp());
        self.piece(Place::IdLength, event.id());
        self.piece(Place::DedupeKeyLength, event.dedupe_key());
        self.piece(Place::TypeLength, event.event_type());
        let handshake = event.handshake().map(written::handshake);
        self.piece(Place::HandshakeLength, handshake.as_deref());
        self.range(Place::DataStart, Place::DataEnd, event.data(), body);
        let payload = Some(event.payload());
        self.range(Place::PayloadStart, Place::PayloadEnd, payload, body);
        self.put(Place::IsForm, f64::from(u8::from(event.is_form())));
    }

    fn put(&mut self, place: Place, number: f64) {
        self.numbers[place as usize] = number;
    }

    fn timestamp(&mut self, timestamp: Option<UnixTime>) {
        let seconds = timestamp.map_or(ABSENT, UnixTime::as_seconds_f64);
        self.put(Place::Timestamp, seconds);
    }

    fn piece(&mut self, length: Place, piece: Option<&str>) {
        let units = piece.map_or(ABSENT, |piece| {
            self.text.push_str(piece);
            match piece.is_ascii() {
                true => piece.len() as f64,
                false => piece.encode_utf16().count() as f64,
            }
        });
        self.put(length, units);
    }

    fn range(&mut self, start: Place, end: Place, part: Option<&str>, body: &[u8]) {
        let (from, to) = part.map_or((ABSENT, ABSENT), |part| {
            let from = (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
            (from as f64, (from + part.len()) as f64)
        });
        self.put(start, from);
        self.put(end, to);
    }
}
