//! Where the id, type and time of an event come from.

use alloc::boxed::Box;
use alloc::vec::Vec;

const MAX_SEGMENTS: usize = 4;

/// A path of field names from the top of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// As written, for messages and for forms.
    pub(crate) text: Box<str>,
    /// The offset behind each name.
    ends: Vec<usize>,
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let ends: Vec<usize> = text
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        if text.split('.').any(str::is_empty) || ends.len() > MAX_SEGMENTS {
            return Err("a body path is not 1 to 4 names joined by dots");
        }
        Ok(Self {
            text: text.into(),
            ends,
        })
    }

    /// How many names it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name at this depth, counted from 0.
    pub(crate) fn name(&self, depth: usize) -> &str {
        let start = match depth {
            0 => 0,
            _ => self.ends[depth - 1] + 1,
        };
        &self.text[start..self.ends[depth]]
    }

    /// The path down to and with the name at this depth.
    pub(crate) fn up_to(&self, depth: usize) -> &str {
        &self.text[..self.ends[depth]]
    }
}

/// One source, an index into the tables of its [`Definition`](super::Definition) or the id header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The id header of the set in use.
    Id,
    /// The header `event_headers[.0]`.
    Header(usize),
    /// The field `paths[.0]`.
    Body(usize),
    /// The fields `joined[.0]`, all of them.
    Joined(usize),
}
