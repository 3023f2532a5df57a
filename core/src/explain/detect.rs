//! Which schemes a request's headers fit. For reports alone: a verdict is by the scheme that the
//! program names, never by one that the request suggests.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::headers::EveryHeader;
use crate::headers::{HeaderName, Lookup, look_up};
use crate::received::Received;
use crate::scheme::{Algorithm, Definition, Scheme};
use crate::signature::{Candidates, Kinds};

/// Which of several that have the same headers is meant most often.
const COMMON: [&str; 4] = ["standard", "svix", "github", "sha256"];

/// The names of the registered schemes whose headers these are, the likeliest first: all headers of
/// a set are there, with a timestamp and, but for public keys, at least one signature of the scheme's
/// form. Schemes with the signature in the body are not among them, nor those that have a token in
/// `authorization`, where anybody may have anything. Of several,
/// that of which more headers are there comes first, then the commonest, then as the alphabet has
/// them.
///
/// ```
/// let headers = [
///     ("X-GitHub-Event", "push"),
///     ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
/// ];
/// assert_eq!(countersign::explain::detect(&headers), ["github", "meta"]);
/// ```
pub fn detect<H: EveryHeader + ?Sized>(headers: &H) -> Vec<&'static str> {
    let mut pairs = Vec::new();
    headers.every(&mut |name, value| pairs.push((name, value)));
    detect_in(&pairs)
}

#[inline(never)]
pub(super) fn detect_in(pairs: &[(&str, &[u8])]) -> Vec<&'static str> {
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    for name in Scheme::names() {
        let scheme = Scheme::named(name).and_then(|scheme| scheme.definition());
        let Ok(definition) = scheme else { continue };
        if fits(&definition, pairs) {
            found.push((present(&definition, pairs), name));
        }
    }
    found.sort_unstable_by_key(|(present, name)| {
        let common = COMMON.iter().position(|common| common == name);
        (Reverse(*present), common.unwrap_or(COMMON.len()), *name)
    });
    found.into_iter().map(|(_, name)| name).collect()
}

/// Whether the headers of a set are there, each in its form.
pub(super) fn fits(definition: &Definition, pairs: &[(&str, &[u8])]) -> bool {
    // A signature in the body is in no header.
    if definition.in_body.is_some() {
        return false;
    }
    let Ok(received) = Received::read(definition, pairs) else {
        return false;
    };
    if received.signature_name.as_str() == "authorization" {
        return false;
    }
    let (name, further) = (received.signature_name, &received.further_signatures);
    let kinds = Kinds::of_shared_secrets();
    let mut candidates = Candidates::new();
    received.timestamp(definition).is_ok()
        && match definition.algorithm {
            Algorithm::Jws => {
                let points = received.signature.iter().filter(|byte| **byte == b'.');
                points.count() == 2
            }
            // Signatures by public keys are not read in every build: their headers are enough.
            algorithm if algorithm.is_asymmetric() => true,
            _ => candidates
                .read(definition, kinds, name, received.signature, further)
                .is_ok(),
        }
}

/// How many of the headers that the scheme reads are there.
fn present(definition: &Definition, pairs: &[(&str, &[u8])]) -> usize {
    let names = definition.header_names.iter().enumerate();
    let there = names.filter(|(index, name)| {
        !matches!(
            look_up(pairs, HeaderName::new(name, *index)),
            Lookup::Absent
        )
    });
    there.count()
}
