//! The headers of a request that its scheme reads: present, unambiguous and well-formed.

#[cfg(feature = "asymmetric")]
use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{HeaderDefect, TimestampDefect, VerificationError};
#[cfg(feature = "asymmetric")]
use crate::event::{Event, unescape};
use crate::headers::{HeaderName, Headers, Lookup, look_up, owned};
#[cfg(feature = "asymmetric")]
use crate::scheme::Source;
use crate::scheme::{Definition, HeaderSet};
use crate::signature;
use crate::time::UnixTime;

/// The values are visible ASCII and spaces.
pub(crate) struct Received<'a> {
    /// Empty, as its value, if the signature is in the body.
    pub(crate) signature_name: HeaderName<'a>,
    pub(crate) signature: &'a [u8],
    pub(crate) id: Option<&'a [u8]>,
    /// The values of `Definition::further_signatures` that are there.
    pub(crate) further_signatures: Vec<&'a [u8]>,
    timestamp: Option<&'a [u8]>,
    /// The values of `Definition::event_headers`.
    pub(crate) event_headers: Vec<Option<&'a [u8]>>,
}

impl<'a> Received<'a> {
    pub(crate) fn read(
        definition: &'a Definition,
        headers: &'a (impl Headers + ?Sized),
    ) -> Result<Self, VerificationError> {
        // From here on there is one copy of the code, whatever the headers are.
        Self::read_by(definition, &|name| look_up(headers, name))
    }

    #[inline(never)]
    fn read_by(
        definition: &'a Definition,
        look_up: LookUp<'_, 'a>,
    ) -> Result<Self, VerificationError> {
        let FoundSet { names, values } = complete_set(definition, look_up)?;
        let [signature_name, id_name, timestamp_name] = names;
        let [signature, id, timestamp] = values;
        let signature_name = definition.header_name(signature_name);
        let signature = well_formed(signature_name, signature)?.unwrap_or_default();
        let id = well_formed(definition.header_name(id_name), id)?;
        if let Some(id) = id {
            check_id(definition, definition.header_name(id_name), id)?;
        }
        let timestamp = well_formed(definition.header_name(timestamp_name), timestamp)?;
        let mut further_signatures = Vec::new();
        for index in &definition.further_signatures {
            let name = definition.header_name(*index);
            further_signatures.extend(well_formed(name, look_up(name))?);
        }
        let mut event_headers = Vec::new();
        for index in &definition.event_headers {
            let name = definition.header_name(*index);
            event_headers.push(well_formed(name, look_up(name))?);
        }
        Ok(Self {
            signature_name,
            signature,
            id,
            further_signatures,
            timestamp,
            event_headers,
        })
    }

    /// The attempt timestamp as text, if the scheme has one.
    pub(crate) fn timestamp_text(
        &self,
        definition: &Definition,
    ) -> Result<Option<&'a [u8]>, VerificationError> {
        let Some(label) = &definition.timestamp_label else {
            return Ok(self.timestamp);
        };
        let name = self.signature_name;
        signature::labelled_timestamp(definition, label, name, self.signature).map(Some)
    }

    /// The text of a source, of which nothing is known to be signed.
    #[cfg(feature = "asymmetric")]
    pub(crate) fn text<'s>(
        &self,
        source: Source,
        definition: &Definition,
        body: &'s [u8],
    ) -> Option<Cow<'s, str>>
    where
        'a: 's,
    {
        let value = match source {
            Source::Id => self.id?,
            Source::Header(index) => self.event_headers[index]?,
            // What is not signed is never made of several.
            Source::Joined(_) => return None,
            Source::Body(path) => {
                let body = core::str::from_utf8(body).ok()?;
                let json = Event::json_at(&definition.paths[path], body).ok()??;
                return json.starts_with('"').then(|| unescape(json)).flatten();
            }
        };
        core::str::from_utf8(value).ok().map(Cow::Borrowed)
    }

    /// The attempt timestamp as text and as time, if the scheme has one.
    pub(crate) fn timestamp(
        &self,
        definition: &Definition,
    ) -> Result<Option<(&'a [u8], UnixTime)>, VerificationError> {
        let Some(text) = self.timestamp_text(definition)? else {
            return Ok(None);
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

type LookUp<'l, 'a> = &'l dyn Fn(HeaderName<'_>) -> Lookup<'a>;

/// What was found for signature, id and timestamp; absent is also what the set does not name.
struct FoundSet<'a> {
    names: [usize; 3],
    values: [Lookup<'a>; 3],
}

/// The first set that the request has in full; nothing of a scheme that has its signature in the body.
fn complete_set<'a>(
    definition: &'a Definition,
    look_up: LookUp<'_, 'a>,
) -> Result<FoundSet<'a>, VerificationError> {
    if definition.header_sets.is_empty() {
        let (names, values) = ([0; 3], [Lookup::Absent; 3]);
        return Ok(FoundSet { names, values });
    }
    let mut fewest_missing = usize::MAX;
    let mut first_missing = 0;
    for set in &definition.header_sets {
        let HeaderSet {
            signature,
            id,
            timestamp,
        } = *set;
        let mut missing = 0;
        let mut first = 0;
        let mut values = [Lookup::Absent; 3];
        // In the order in which they are checked.
        let names = [Some(signature), id, timestamp];
        for (name, value) in names.into_iter().zip(&mut values) {
            let Some(name) = name else { continue };
            *value = look_up(definition.header_name(name));
            if matches!(value, Lookup::Absent) {
                first = if missing == 0 { name } else { first };
                missing += 1;
            }
        }
        if missing == 0 {
            let names = names.map(|name| name.unwrap_or(signature));
            return Ok(FoundSet { names, values });
        }
        // The set that comes closest is the one that the sender meant.
        if missing < fewest_missing {
            (fewest_missing, first_missing) = (missing, first);
        }
    }
    let name = owned(definition.header_name(first_missing));
    Err(VerificationError::MissingHeader { name })
}

/// The value of a header, if there is one: not empty, visible ASCII and spaces.
fn well_formed<'a>(
    name: HeaderName<'_>,
    lookup: Lookup<'a>,
) -> Result<Option<&'a [u8]>, VerificationError> {
    match lookup {
        Lookup::Absent => Ok(None),
        Lookup::Conflict => Err(VerificationError::ConflictingHeader { name: owned(name) }),
        Lookup::Value(value) => {
            check_value(name, value)?;
            Ok(Some(value))
        }
    }
}

pub(crate) fn check_value(name: HeaderName<'_>, value: &[u8]) -> Result<(), VerificationError> {
    if value.is_empty() {
        Err(malformed(name, HeaderDefect::Empty))
    } else if !is_visible(value) {
        Err(malformed(name, HeaderDefect::NotVisibleAscii))
    } else {
        Ok(())
    }
}

/// Whether these are visible ASCII characters and spaces, eight at a time.
fn is_visible(value: &[u8]) -> bool {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let Some(last) = value.last_chunk() else {
        return value.iter().all(|byte| matches!(byte, 0x20..=0x7e));
    };
    // The last eight overlap those before them.
    let words = value.as_chunks().0.iter().chain([last]);
    // The high bit of a byte is set if it was, or by 0x7f + 1, or by less than 0x20 - 0x20. What
    // carries over into the next byte comes from one that is bad already.
    let bad = words.fold(0, |bad, word| {
        let word = u64::from_le_bytes(*word);
        bad | word | word.wrapping_add(EACH) | word.wrapping_sub(0x20 * EACH)
    });
    bad & (0x80 * EACH) == 0
}

/// An id that held the character behind it would let the content be cut in two ways.
pub(crate) fn check_id(
    definition: &Definition,
    name: HeaderName<'_>,
    id: &[u8],
) -> Result<(), VerificationError> {
    let ends = &definition.id_terminators;
    if ends.iter().any(|end| id.contains(end)) {
        return Err(malformed(name, HeaderDefect::AmbiguousId));
    }
    Ok(())
}

#[cold]
fn malformed(name: HeaderName<'_>, defect: HeaderDefect) -> VerificationError {
    let name = owned(name);
    VerificationError::MalformedHeader { name, defect }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::is_visible;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            let visible = matches!(byte, 0x20..=0x7e);
            for length in 1..=17 {
                for at in 0..length {
                    for other in [0x20, 0x7e] {
                        let mut value = vec![other; length];
                        value[at] = byte;
                        assert_eq!(is_visible(&value), visible, "{byte} at {at} of {length}");
                    }
                }
            }
        }
    }
}
