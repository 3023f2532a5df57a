//! The headers of a request that its scheme reads: present, unambiguous and well-formed.

use alloc::vec::Vec;

use crate::error::{HeaderDefect, TimestampDefect, VerificationError};
use crate::headers::{Headers, Lookup, look_up, owned};
use crate::scheme::{Definition, HeaderSet};
use crate::signature;
use crate::time::UnixTime;

pub(crate) struct Received<'a> {
    pub(crate) set: &'a HeaderSet,
    pub(crate) signature: &'a str,
    pub(crate) id: Option<&'a str>,
    timestamp: Option<&'a str>,
    /// The values of `Definition::event_headers`.
    pub(crate) event_headers: Vec<Option<&'a str>>,
}

impl<'a> Received<'a> {
    pub(crate) fn read(
        definition: &'a Definition,
        headers: &'a (impl Headers + ?Sized),
    ) -> Result<Self, VerificationError> {
        let (set, [signature, id, timestamp]) = complete_set(definition, headers)?;
        let signature = well_formed(&set.signature, signature)?.unwrap_or_default();
        let id = match &set.id {
            Some(name) => well_formed(name, id)?
                .map(|id| check_id(definition, name, id).map(|()| id))
                .transpose()?,
            None => None,
        };
        let timestamp = match &set.timestamp {
            Some(name) => well_formed(name, timestamp)?,
            None => None,
        };
        let event_headers = definition
            .event_headers
            .iter()
            .map(|name| well_formed(name, look_up(headers, name)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            set,
            signature,
            id,
            timestamp,
            event_headers,
        })
    }

    /// The attempt timestamp as text and as time, if the scheme has one.
    pub(crate) fn timestamp(
        &self,
        definition: &Definition,
    ) -> Result<Option<(&'a str, UnixTime)>, VerificationError> {
        let text = match &definition.timestamp_label {
            Some(label) => {
                let name = &self.set.signature;
                signature::labelled_timestamp(definition, label, name, self.signature)?
            }
            None => match self.timestamp {
                Some(text) => text,
                None => return Ok(None),
            },
        };
        let format = definition.timestamp_format;
        let time = format
            .parse(text)
            .ok_or(VerificationError::MalformedTimestamp(
                TimestampDefect::Form(format),
            ))?;
        Ok(Some((text, time)))
    }
}

/// The first set that the request has in full, with what was found for signature, id and
/// timestamp; absent is what the set does not name.
fn complete_set<'a>(
    definition: &'a Definition,
    headers: &'a (impl Headers + ?Sized),
) -> Result<(&'a HeaderSet, [Lookup<'a>; 3]), VerificationError> {
    let mut fewest_missing = usize::MAX;
    let mut first_missing = "";
    for set in &definition.header_sets {
        let mut missing = 0;
        let mut first = "";
        let found = set.names().map(|name| {
            let name = name?;
            let lookup = look_up(headers, name);
            if matches!(lookup, Lookup::Absent) {
                first = if missing == 0 { name } else { first };
                missing += 1;
            }
            Some(lookup)
        });
        if missing == 0 {
            return Ok((set, found.map(|lookup| lookup.unwrap_or(Lookup::Absent))));
        }
        // The set that comes closest is the one that the sender meant.
        if missing < fewest_missing {
            (fewest_missing, first_missing) = (missing, first);
        }
    }
    let name = owned(first_missing);
    Err(VerificationError::MissingHeader { name })
}

/// The value of a header, if there is one: not empty, visible ASCII and spaces.
fn well_formed<'a>(name: &str, lookup: Lookup<'a>) -> Result<Option<&'a str>, VerificationError> {
    match lookup {
        Lookup::Absent => Ok(None),
        Lookup::Conflict => Err(VerificationError::ConflictingHeader { name: owned(name) }),
        Lookup::Value(value) => check_value(name, value).map(Some),
    }
}

pub(crate) fn check_value<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, VerificationError> {
    let malformed = |defect| VerificationError::MalformedHeader {
        name: owned(name),
        defect,
    };
    if value.is_empty() {
        return Err(malformed(HeaderDefect::Empty));
    }
    // Without an early exit the compiler checks many bytes at a time.
    let visible = value
        .iter()
        .fold(true, |visible, byte| visible & matches!(byte, 0x20..=0x7e));
    core::str::from_utf8(value)
        .ok()
        .filter(|_| visible)
        .ok_or_else(|| malformed(HeaderDefect::NotVisibleAscii))
}

/// An id that held the character behind it would let the content be cut in two ways.
pub(crate) fn check_id(
    definition: &Definition,
    name: &str,
    id: &str,
) -> Result<(), VerificationError> {
    if definition.id_terminators().any(|end| id.contains(end)) {
        return Err(VerificationError::MalformedHeader {
            name: owned(name),
            defect: HeaderDefect::AmbiguousId,
        });
    }
    Ok(())
}
