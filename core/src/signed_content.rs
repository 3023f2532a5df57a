//! What a signature covers: the parts of a scheme's content, with the values that stand for them.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::iter;

use crate::call_url::{parameter, sorted_form, with_parameter};
use crate::crc32::crc32;
use crate::event::SignedItem;
use crate::mac;
use crate::scheme::{Definition, Encoding, Part};

/// What stands for `{form}`: nothing if the URL has a digest of the body.
#[inline(never)]
pub(crate) fn form_content(definition: &Definition, body: &[u8], url: Option<&str>) -> Vec<u8> {
    let is_wanted = definition.content.contains(&Part::Form);
    match is_wanted && body_digest(definition, url).is_none() {
        true => sorted_form(body),
        false => Vec::new(),
    }
}

/// What stands for `{crc32}` and `{sha256}`; empty where the content has none.
pub(crate) struct BodyDigests {
    crc32: String,
    sha256: String,
}

static NO_DIGESTS: BodyDigests = BodyDigests {
    crc32: String::new(),
    sha256: String::new(),
};

impl BodyDigests {
    #[inline(never)]
    pub(crate) fn of(definition: &Definition, body: &[u8]) -> Self {
        let has = |part: Part| definition.content.contains(&part);
        let mut digests = Self {
            crc32: String::new(),
            sha256: String::new(),
        };
        if has(Part::Crc32) {
            digests.crc32 = crc32(body).to_string();
        }
        if has(Part::Sha256) {
            let digest = mac::digest(&mut iter::once(body));
            digests.sha256 = Encoding::Hex.write(&digest[..32]);
        }
        digests
    }
}

/// The digest of the body that the URL has, if the scheme says so.
fn body_digest<'u>(definition: &Definition, url: Option<&'u str>) -> Option<Cow<'u, str>> {
    parameter(url?, definition.body_digest_parameter.as_deref()?)
}

/// The URL with the digest of this JSON, where the scheme has it there and the URL has none.
pub(crate) fn with_body_digest(definition: &Definition, url: &str, body: &[u8]) -> Option<String> {
    let name = definition.body_digest_parameter.as_deref()?;
    if !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return None;
    }
    let digest = mac::digest(&mut iter::once(body));
    with_parameter(url, name, &Encoding::Hex.write(&digest[..32]))
}

/// Whether a URL whose signature is right has the digest of this body, or none. Both are public.
#[inline(never)]
pub(crate) fn is_body_of(definition: &Definition, url: Option<&str>, body: &[u8]) -> bool {
    let Some(digest) = body_digest(definition, url) else {
        return true;
    };
    let mut of_url = [0; 32];
    let decoded = base16ct::lower::decode(digest.as_bytes(), &mut of_url);
    decoded == Ok(&mac::digest(&mut iter::once(body))[..32])
}

/// The values that stand for the parts of the content.
#[derive(Clone, Copy)]
pub(crate) struct SignedContent<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) body: &'a [u8],
    pub(crate) form: &'a [u8],
    pub(crate) digests: &'a BodyDigests,
    pub(crate) id: Option<&'a [u8]>,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) method: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) in_body: Option<&'a SignedItem<'a>>,
}

impl<'a> SignedContent<'a> {
    /// What a signature in the body covers.
    pub(crate) fn in_body(definition: &'a Definition, item: &'a SignedItem<'a>) -> Self {
        Self {
            definition,
            body: &[],
            form: &[],
            digests: &NO_DIGESTS,
            id: None,
            timestamp: None,
            method: None,
            url: None,
            in_body: Some(item),
        }
    }

    /// The bytes of each part in turn; nothing is concatenated or copied.
    pub(crate) fn parts<'p>(&'p self, secret: &'p [u8]) -> impl Iterator<Item = &'p [u8]> {
        let bytes = |text: Option<&'a str>| text.unwrap_or_default().as_bytes();
        let (id, timestamp) = (self.id, self.timestamp);
        let in_body = self.in_body;
        let mut fields = in_body.map_or(&[][..], |item| &item.fields).iter();
        self.definition.content.iter().map(move |part| match part {
            Part::Form => self.form,
            Part::Crc32 => self.digests.crc32.as_bytes(),
            Part::Sha256 => self.digests.sha256.as_bytes(),
            Part::Secret => secret,
            Part::Body => self.body,
            Part::Id => id.unwrap_or_default(),
            Part::Timestamp => timestamp.unwrap_or_default(),
            Part::Method => bytes(self.method),
            Part::Url => bytes(self.url),
            Part::BeforeSignature => in_body.map_or(&[][..], |item| item.before),
            Part::AfterSignature => in_body.map_or(&[][..], |item| item.after),
            Part::Field(_) | Part::Line(_) => fields.next().map_or(&[][..], |text| text.as_bytes()),
            Part::Literal(literal) => literal.as_bytes(),
        })
    }
}
