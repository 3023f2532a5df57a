//! Descriptions of schemes, as TypeScript passes them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use countersign::scheme::{Description, HeaderSetDescription, OneOrMany};

/// Where a value belongs.
enum Place<'a> {
    One(&'a mut String),
    Optional(&'a mut Option<String>),
    OneOf(&'a mut OneOrMany<String>),
    List(&'a mut Vec<String>),
    Nowhere,
}

/// A description from keys and values in turn.
///
/// Lists repeat their key; `headers.signature` begins a header set; `dedupe.none` is the empty list.
/// The keys and types were checked in TypeScript.
pub(crate) fn describe<'a>(mut texts: impl Iterator<Item = &'a str>) -> Description {
    let mut description = Description::default();
    let mut sets = Vec::new();
    while let (Some(key), Some(value)) = (texts.next(), texts.next()) {
        if key == "headers.signature" {
            sets.push(HeaderSetDescription::default());
        }
        let place = place(&mut description, sets.last_mut(), key);
        let value = value.to_owned();
        match place {
            Place::One(text) => *text = value,
            Place::Optional(text) => *text = Some(value),
            Place::OneOf(OneOrMany::Many(list)) | Place::List(list) => list.push(value),
            Place::OneOf(_) | Place::Nowhere => {}
        }
    }
    description.headers = OneOrMany::Many(sets);
    description
}

fn place<'a>(
    description: &'a mut Description,
    set: Option<&'a mut HeaderSetDescription>,
    key: &str,
) -> Place<'a> {
    match (key, set) {
        ("headers.signature", Some(set)) => Place::One(&mut set.signature),
        ("headers.id", Some(set)) => Place::Optional(&mut set.id),
        ("headers.timestamp", Some(set)) => Place::Optional(&mut set.timestamp),
        ("name", _) => Place::One(&mut description.name),
        ("prefix", _) => Place::One(&mut description.prefix),
        ("separator", _) => Place::Optional(&mut description.separator),
        ("timestamp_label", _) => Place::Optional(&mut description.timestamp_label),
        ("timestamp_field", _) => Place::Optional(&mut description.timestamp_field),
        ("signature_field", _) => Place::Optional(&mut description.signature_field),
        ("signature_items", _) => Place::Optional(&mut description.signature_items),
        ("further_signatures", _) => Place::OneOf(&mut description.further_signatures),
        ("algorithm", _) => Place::Optional(&mut description.algorithm),
        ("encoding", _) => Place::Optional(&mut description.encoding),
        ("key", _) => Place::Optional(&mut description.key),
        ("secret_prefix", _) => Place::One(&mut description.secret_prefix),
        ("content", _) => Place::Optional(&mut description.content),
        ("url_form", _) => Place::Optional(&mut description.url_form),
        ("body_digest_parameter", _) => Place::Optional(&mut description.body_digest_parameter),
        ("timestamp_format", _) => Place::Optional(&mut description.timestamp_format),
        ("payload", _) => Place::Optional(&mut description.payload),
        ("event_id", _) => Place::OneOf(&mut description.event_id),
        ("event_type", _) => Place::OneOf(&mut description.event_type),
        ("event_time", _) => Place::OneOf(&mut description.event_time),
        ("dedupe.none", _) => {
            description.dedupe = Some(OneOrMany::default());
            Place::Nowhere
        }
        ("dedupe", _) => Place::OneOf(description.dedupe.get_or_insert_default()),
        ("event_time_format", _) => Place::Optional(&mut description.event_time_format),
        ("required", _) => Place::List(&mut description.required),
        ("data", _) => Place::Optional(&mut description.data),
        ("handshake", _) => Place::Optional(&mut description.handshake),
        ("answers", _) => Place::Optional(&mut description.answers),
        _ => Place::Nowhere,
    }
}
