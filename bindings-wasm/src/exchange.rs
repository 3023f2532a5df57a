//! The buffer in linear memory through which requests, messages and descriptions come and reports go.
//!
//! JavaScript writes into the input, one after the other: texts, the body, and a table of what the
//! texts are (what it is, its length; two little-endian `u32` each). It then calls an export with the
//! three lengths, and reads numbers and one text from the output.

use alloc::string::String;
use alloc::vec::Vec;

use countersign::error::PayloadError;
use countersign::{HeaderName, Headers, Message, Request};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure;

/// The entry is the request's method.
const METHOD: u32 = u32::MAX;
/// The entry is the request's URL.
const URL: u32 = u32::MAX - 1;
/// The entry is the id of a message to sign.
const ID: u32 = u32::MAX - 2;
/// The entry is the key that was fetched for the request.
#[cfg(feature = "asymmetric")]
const KEY: u32 = u32::MAX - 3;

/// The largest input that is ever taken.
const MAX_INPUT: usize = 1 << 30;
/// How many numbers the output has.
pub(crate) const NUMBERS: usize = 10;
const ENTRY_LENGTH: usize = 8;

/// The one buffer of the package.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Exchange {
    input: Vec<u8>,
    numbers: [f64; NUMBERS],
    text: String,
}

impl Exchange {
    /// Runs one call on the input, of which so much is what (entries counted, texts and body in
    /// bytes), and the empty output; -1 if it failed, which the text of the output then says.
    pub(crate) fn call(
        &mut self,
        entries: usize,
        texts: usize,
        body: usize,
        action: impl FnOnce(&Input<'_>, &mut Output<'_>) -> Result<usize, countersign::Error>,
    ) -> i32 {
        self.text.clear();
        let input = Input::split(&self.input, entries, texts, body);
        let mut output = Output {
            numbers: &mut self.numbers,
            text: &mut self.text,
        };
        match action(&input, &mut output) {
            Ok(result) => i32::try_from(result).unwrap_or(i32::MAX),
            Err(error) => self.fail(error),
        }
    }

    #[cold]
    #[inline(never)]
    fn fail(&mut self, error: countersign::Error) -> i32 {
        self.text = failure::text(error);
        -1
    }

    /// The input, of which so much is what.
    pub(crate) fn input(&self, entries: usize, texts: usize, body: usize) -> Input<'_> {
        Input::split(&self.input, entries, texts, body)
    }
}

/// What JavaScript wrote.
pub(crate) struct Input<'a> {
    entries: &'a [[u8; ENTRY_LENGTH]],
    texts: &'a [u8],
    pub(crate) body: &'a [u8],
}

/// What JavaScript reads.
pub(crate) struct Output<'a> {
    pub(crate) numbers: &'a mut [f64; NUMBERS],
    pub(crate) text: &'a mut String,
}

impl<'a> Input<'a> {
    fn split(input: &'a [u8], entries: usize, texts: usize, body: usize) -> Self {
        let (texts, rest) = split_at_most(input, texts);
        let (body, rest) = split_at_most(rest, body);
        let (entries, _) = split_at_most(rest, entries.saturating_mul(ENTRY_LENGTH));
        Self {
            entries: entries.as_chunks().0,
            texts,
            body,
        }
    }

    /// What each entry is, and its text.
    fn entries(&self) -> impl Iterator<Item = (u32, &'a [u8])> {
        let mut rest = self.texts;
        self.entries.iter().map(move |entry| {
            let [a, b, c, d, length @ ..] = *entry;
            let text;
            (text, rest) = split_at_most(rest, u32::from_le_bytes(length) as usize);
            (u32::from_le_bytes([a, b, c, d]), text)
        })
    }

    /// The texts of the entries that are this, in order.
    fn values(&self, wanted: u32) -> impl Iterator<Item = &'a [u8]> {
        let entries = self.entries();
        entries.filter_map(move |(kind, text)| (kind == wanted).then_some(text))
    }

    /// The texts of all entries.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.entries().map(|(_, text)| utf8(text))
    }

    /// As a request that was received.
    pub(crate) fn request(&self) -> Request<'_, Self> {
        let mut request = Request::new(self, self.body);
        for (kind, text) in self.entries() {
            match kind {
                METHOD => request = request.method(utf8(text)),
                URL => request = request.url(utf8(text)),
                #[cfg(feature = "asymmetric")]
                KEY => request = request.key(text),
                _ => {}
            }
        }
        request
    }

    /// As a message to sign.
    pub(crate) fn message(&self) -> Message<'a> {
        let mut message = Message::new(self.body);
        for (kind, text) in self.entries() {
            match kind {
                METHOD => message = message.method(utf8(text)),
                URL => message = message.url(utf8(text)),
                ID => message = message.id(utf8(text)),
                _ => {}
            }
        }
        message
    }
}

/// JavaScript's encoder writes nothing but UTF-8.
fn utf8(text: &[u8]) -> &str {
    core::str::from_utf8(text).unwrap_or_default()
}

fn split_at_most(bytes: &[u8], length: usize) -> (&[u8], &[u8]) {
    bytes.split_at(length.min(bytes.len()))
}

/// The entry `n` of the table is the header with the index `n`.
impl Headers for Input<'_> {
    fn each<'a>(&'a self, name: HeaderName<'_>, visit: &mut dyn FnMut(&'a [u8])) {
        // A scheme reads some thirty headers at most.
        self.values(name.index() as u32).for_each(visit);
    }
}

#[wasm_bindgen]
impl Exchange {
    /// An empty buffer.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the input this many bytes long at least and returns its address; 0 if there is not
    /// that much memory, which the text of the output then says.
    pub fn reserve(&mut self, bytes: f64) -> usize {
        // More than 32 bits hold becomes the largest number, which is never taken.
        let wanted = bytes as usize;
        let present = self.input.len();
        if wanted > present {
            let fits = wanted <= MAX_INPUT;
            if !fits || self.input.try_reserve_exact(wanted - present).is_err() {
                let limit = if fits { present } else { MAX_INPUT };
                self.text = failure::text(PayloadError::TooLarge { limit });
                return 0;
            }
            self.input.resize(wanted, 0);
        }
        self.input.as_ptr() as usize
    }

    /// Gives the memory of the input back to the allocator.
    pub fn release(&mut self) {
        self.input = Vec::new();
    }

    /// The address of the numbers of the output.
    pub fn numbers(&self) -> usize {
        self.numbers.as_ptr() as usize
    }

    /// The text of the output.
    pub fn text(&self) -> String {
        self.text.clone()
    }
}
