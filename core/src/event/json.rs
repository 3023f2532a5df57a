//! Locates fields of a JSON text in one pass over its tokens, and checks the whole text.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use hifijson::num::LexWrite as _;
use hifijson::str::{Lex as _, LexAlloc as _, LexWrite as _};
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer};

use super::field::{Field, Value};
use super::not_json;
use crate::error::{JsonDefect, PayloadError};
use crate::scheme::Path;

/// How many arrays and objects may be open at once.
pub const MAX_DEPTH: usize = 128;

/// The length of the longest number, a limit that RFC 8259 section 9 allows. It is the smallest
/// limit to which CPython can be set, so that no host's parser fails on what passed here.
pub const MAX_NUMBER_LENGTH: usize = 640;

pub(super) fn is_whitespace(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The text of the object without the whitespace around it, and the field at each path; of an array,
/// where there may be one, no field.
pub(super) fn locate<'a>(
    paths: &[Path],
    text: &'a str,
    may_be_array: bool,
) -> Result<(&'a str, Vec<Field<'a>>), PayloadError> {
    if text.starts_with('\u{feff}') {
        return Err(not_json(JsonDefect::ByteOrderMark));
    }
    let payload = text.trim_matches(is_whitespace);
    if payload.is_empty() {
        return Err(not_json(JsonDefect::Empty));
    }
    let mut scanner = Scanner {
        text: payload,
        lexer: SliceLexer::new(payload.as_bytes()),
        objects: 0,
        depth: 0,
        longest_path: paths.iter().map(Path::len).max().unwrap_or(0),
        tracks: vec![Track::default(); paths.len()],
    };
    scanner.scan(paths)?;
    if !(payload.starts_with('{') || may_be_array && payload.starts_with('[')) {
        return Err(PayloadError::NotObject);
    }
    let fields = scanner
        .tracks
        .into_iter()
        .map(|track| Field {
            value: track
                .found
                .map(|(start, end)| Value::Json(&payload[start..end])),
            repeated_at: track.repeated_at,
        })
        .collect();
    Ok((payload, fields))
}

struct Scanner<'a> {
    text: &'a str,
    lexer: SliceLexer<'a>,
    /// A stack of bits: whether each open container is an object. The innermost is the lowest.
    objects: u128,
    depth: usize,
    longest_path: usize,
    tracks: Vec<Track>,
}

/// How far one path has been followed.
#[derive(Clone, Default)]
struct Track {
    /// How many of its names lead to the innermost container, if that lies on the path.
    matched: usize,
    /// The names that were seen, as bits, so that a second one is noticed.
    seen: u8,
    repeated_at: Option<usize>,
    /// Where the value at the end of the path begins, while it is read.
    start: Option<usize>,
    found: Option<(usize, usize)>,
}

impl<'a> Scanner<'a> {
    fn scan(&mut self, paths: &[Path]) -> Result<(), PayloadError> {
        loop {
            self.value(paths)?;
            // The value is complete, or a container with something in it was opened.
            if !self.next_value(paths)? {
                return Ok(());
            }
        }
    }

    /// Reads one value, or the opening of a container that is not empty.
    fn value(&mut self, paths: &[Path]) -> Result<(), PayloadError> {
        loop {
            let first = self.lexer.ws_peek().ok_or(SYNTAX)?;
            match first {
                b'{' | b'[' => {
                    self.open(first == b'{')?;
                    let closing = if first == b'{' { b'}' } else { b']' };
                    if self.lexer.ws_peek() == Some(closing) {
                        self.lexer.take_next();
                        self.close(paths);
                        return Ok(());
                    }
                    if first == b'{' {
                        self.key(paths)?;
                    }
                    continue;
                }
                b'"' => {
                    self.lexer.take_next();
                    self.lexer.str_ignore().map_err(|_| SYNTAX)?;
                }
                b'-' | b'0'..=b'9' => self.number()?,
                _ => {
                    self.lexer.null_or_bool().ok_or(SYNTAX)?;
                }
            }
            self.end_value(paths);
            return Ok(());
        }
    }

    /// Goes on to where the next value begins, closing containers; false at the end of the text.
    fn next_value(&mut self, paths: &[Path]) -> Result<bool, PayloadError> {
        loop {
            let next = self.lexer.ws_peek();
            if self.depth == 0 {
                return if next.is_none() {
                    Ok(false)
                } else {
                    Err(SYNTAX)
                };
            }
            let in_object = self.objects & 1 == 1;
            self.lexer.take_next();
            match next {
                Some(b',') => {
                    if in_object {
                        self.key(paths)?;
                    }
                    return Ok(true);
                }
                Some(b'}') if in_object => self.close(paths),
                Some(b']') if !in_object => self.close(paths),
                _ => return Err(SYNTAX),
            }
        }
    }

    fn open(&mut self, object: bool) -> Result<(), PayloadError> {
        if self.depth == MAX_DEPTH {
            return Err(PayloadError::TooDeep);
        }
        self.lexer.take_next();
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(object);
        Ok(())
    }

    fn close(&mut self, paths: &[Path]) {
        self.depth -= 1;
        self.objects >>= 1;
        // The container that was closed is itself a value.
        self.end_value(paths);
    }

    /// A value ended whose depth is that of the innermost open container.
    fn end_value(&mut self, paths: &[Path]) {
        if self.depth == 0 || self.depth > self.longest_path {
            return;
        }
        let end = self.position();
        for (track, path) in self.tracks.iter_mut().zip(paths) {
            if track.matched == self.depth {
                track.matched -= 1;
                if let (true, Some(start)) = (path.len() == self.depth, track.start.take()) {
                    track.found = Some((start, end));
                }
            }
        }
    }

    /// Reads a key and its colon, and follows the paths that it is on.
    fn key(&mut self, paths: &[Path]) -> Result<(), PayloadError> {
        self.lexer.expect(SliceLexer::ws_peek, b'"').ok_or(SYNTAX)?;
        let mut written: &[u8] = &[];
        let mut decoder = SliceLexer::new(self.lexer.as_slice());
        self.lexer.str_bytes(&mut written).map_err(|_| SYNTAX)?;
        self.lexer.expect(SliceLexer::ws_peek, b':').ok_or(SYNTAX)?;
        if self.depth > self.longest_path {
            return Ok(());
        }
        self.lexer.eat_whitespace();
        let start_of_value = self.position();
        // A key that is no Unicode text, by half a surrogate pair, is no name of a path.
        let key = match written.contains(&b'\\') {
            true => decoder.str_string().unwrap_or_default(),
            false => Cow::Borrowed(core::str::from_utf8(written).unwrap_or_default()),
        };
        let depth = self.depth;
        for (track, path) in self.tracks.iter_mut().zip(paths) {
            let on_path = track.matched + 1 == depth && path.len() >= depth;
            if !on_path || path.name(depth - 1) != key {
                continue;
            }
            let bit = 1 << (depth - 1);
            if track.seen & bit != 0 {
                let outermost = track.repeated_at.map_or(depth - 1, |at| at.min(depth - 1));
                track.repeated_at = Some(outermost);
            }
            track.seen |= bit;
            track.matched = depth;
            if path.len() == depth {
                track.start = Some(start_of_value);
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), PayloadError> {
        let (number, _) = self.lexer.num_bytes().validated().map_err(|_| SYNTAX)?;
        match number.len() > MAX_NUMBER_LENGTH {
            true => Err(not_json(JsonDefect::LongNumber)),
            false => Ok(()),
        }
    }

    fn position(&self) -> usize {
        self.text.len() - self.lexer.as_slice().len()
    }
}

const SYNTAX: PayloadError = PayloadError::NotJson(JsonDefect::Syntax);

/// The text of a JSON string whose grammar was checked; `None` for half a surrogate pair.
pub(crate) fn unescape(string: &str) -> Option<Cow<'_, str>> {
    SliceLexer::new(&string.as_bytes()[1..]).str_string().ok()
}
