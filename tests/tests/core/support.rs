//! Schemes, secrets and requests for the other modules.

use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, Engine as _};
use countersign::scheme::{CatalogEntry, Description, catalog};
use countersign::{
    Algorithm, Encoding, HeaderNames, Message, Request, Scheme, SchemeBuilder, Secret,
    SignedHeaders, UnixTime, VerificationError, Verified, Webhook,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};

/// The signature header of [`plain_scheme`].
pub(crate) const SIGNATURE_HEADER: &str = "x-signature";

/// An instant at which requests are signed.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

/// How properties are tested. Inputs that failed once are kept and tried first.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/core/regressions.txt");
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..ProptestConfig::default()
    }
}

/// A scheme that signs the body alone.
pub(crate) fn plain_scheme() -> SchemeBuilder<'static> {
    const HEADERS: [HeaderNames<'_>; 1] = [HeaderNames::new(SIGNATURE_HEADER)];
    SchemeBuilder::new("plain").headers(&HEADERS)
}

pub(crate) fn webhook_over_body(
    algorithm: Algorithm,
    encoding: Encoding,
    secret: Secret,
) -> Webhook {
    let scheme = plain_scheme().algorithm(algorithm).encoding(encoding);
    Webhook::new(scheme.build().unwrap(), [secret]).unwrap()
}

/// The value of the signature header, which is the last.
pub(crate) fn sign_body(webhook: &Webhook, body: &[u8]) -> String {
    let mut headers = webhook.sign(None, NOW, body).unwrap();
    headers.pop().unwrap().1
}

/// A scheme, either a registered one or one that was made up, with texts of secrets of its form.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) scheme: SchemeSource,
    pub(crate) secrets: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum SchemeSource {
    Registered(&'static str),
    Described(Value),
}

impl Subject {
    pub(crate) fn scheme(&self) -> Scheme {
        match &self.scheme {
            SchemeSource::Registered(name) => Scheme::named(name).unwrap(),
            SchemeSource::Described(description) => described(description),
        }
    }

    pub(crate) fn webhook(&self) -> Webhook {
        self.webhook_of(&self.secrets)
    }

    pub(crate) fn webhook_of(&self, secrets: &[String]) -> Webhook {
        let secrets = secrets.iter().map(|text| Secret::parse(text).unwrap());
        Webhook::new(self.scheme(), secrets).unwrap()
    }

    /// Whether the content covers the id.
    pub(crate) fn signs_id(&self) -> bool {
        match &self.scheme {
            SchemeSource::Registered(name) => part_of(name, "content").contains("{id}"),
            SchemeSource::Described(description) => {
                description["content"].as_str().unwrap().contains("{id}")
            }
        }
    }

    /// Whether a request needs a header of this name.
    pub(crate) fn needs(&self, name: &str) -> bool {
        match &self.scheme {
            SchemeSource::Registered(scheme) => part_of(scheme, "headers")
                .split(", ")
                .any(|words| words.split(' ').next_back() == Some(name)),
            SchemeSource::Described(description) => description["headers"]
                .to_string()
                .contains(&format!("\"{name}\"")),
        }
    }

    /// Whether two cases of a letter in the signature are the same.
    pub(crate) fn ignores_case(&self) -> bool {
        matches!(&self.scheme, SchemeSource::Described(description)
            if description["encoding"] == "hex-any-case")
    }
}

pub(crate) fn described(description: &Value) -> Scheme {
    let description: Description = serde_json::from_value(description.clone()).unwrap();
    Scheme::try_from(&description).unwrap()
}

/// What is sent, apart from its signature.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
    pub(crate) now: UnixTime,
}

impl Sent {
    pub(crate) fn sign(&self, webhook: &Webhook) -> SignedHeaders {
        let message = Message::new(&self.body)
            .id(self.id.as_str())
            .method(self.method.as_str())
            .url(self.url.as_str());
        webhook.sign_message(&message, self.now).unwrap()
    }

    pub(crate) fn verify<'a>(
        &'a self,
        webhook: &'a Webhook,
        headers: &'a SignedHeaders,
    ) -> Result<Verified<'a>, VerificationError> {
        let request = Request::new(headers, &self.body)
            .method(self.method.as_str())
            .url(self.url.as_str());
        webhook.verify(&request, self.now)
    }
}

pub(crate) fn sent() -> impl Strategy<Value = Sent> {
    (
        "[A-Za-z0-9_-]{1,40}",
        select(vec!["POST", "PUT"]),
        "https://[a-z]{1,10}\\.example/[a-z0-9?&=%/]{0,30}",
        prop::collection::vec(any::<u8>(), 0..600),
        0..250_000_000_000_u64,
    )
        .prop_map(|(id, method, url, body, now)| Sent {
            id,
            method: method.to_owned(),
            url,
            body,
            now: UnixTime::from_seconds(now),
        })
}

/// Any registered scheme or a made-up one, with as many secrets, all different.
pub(crate) fn subject(secrets: usize) -> impl Strategy<Value = Subject> {
    let registered: Vec<_> = catalog().filter_map(|entry| signing(&entry)).collect();
    let registered = select(registered);
    let made_up = description().prop_map(|description| {
        let text = |key: &str| description[key].as_str().unwrap().to_owned();
        let form = match text("key").as_str() {
            "text" => "text",
            "hex" => "hex",
            _ => "base64",
        };
        let prefix = if text("secret_prefix").is_empty() {
            ""
        } else {
            "sec_"
        };
        (SchemeSource::Described(description), form, prefix)
    });
    prop_oneof![registered, made_up].prop_flat_map(move |(scheme, form, prefix)| {
        prop::collection::hash_set(prop::collection::vec(any::<u8>(), 1..100), secrets).prop_map(
            move |keys| Subject {
                scheme: scheme.clone(),
                secrets: keys
                    .iter()
                    .enumerate()
                    .map(|(index, key)| format!("{prefix}{}", secret_text(form, key, index)))
                    .collect(),
            },
        )
    })
}

/// Private keys of Ed25519.
const PRIVATE_KEYS: [&str; 4] = [
    "whsk_OH7EQYZIuA/55hHRt4YJ7wUrncXd9McYnWNXeXgdw/eIVuwBL8DOBWtG3cbjez/DyDroC9CUjFhrFYjHwV4nLg==",
    "whsk_3Chg681bls0i3mZMvbNZhp2az7av0EKubRTPbeA/gzGdx2MXElYE26K4G9R3Bc7zQO3oPXFI/N2Lf7w41pzErQ==",
    "whsk_VsFDRO9sJs+tz83PuE59fJ6BPA+wQjKGRl2bYS3jgLomQVCJKJKP4q+M2SCjKPaGm7HszjAo2QqYZfIybmlZJA==",
    "whsk_RlDDaWQAo9YCpGCLZf9lcEme+9IR4PgWwJb78++cILzRJDompHpvm3r/Fn+Xd5NyCJzuLj0pe1MydhfcbKXQzw==",
];

/// Both forms of base64 and both cases of hexadecimal occur.
fn secret_text(form: &str, key: &[u8], index: usize) -> String {
    match (form, index % 2) {
        ("base64", 0) => BASE64_STANDARD.encode(key),
        ("base64", _) => BASE64_STANDARD_NO_PAD.encode(key),
        ("hex", 0) => hex::encode(key),
        ("hex", _) => hex::encode_upper(key),
        ("ed25519", _) => PRIVATE_KEYS[index].to_owned(),
        _ => format!("secret with spaces {}", hex::encode(key)),
    }
}

/// What the description of a registered scheme says first under this key.
fn part_of(name: &str, key: &str) -> String {
    let entry = catalog().find(|entry| entry.name == name).unwrap();
    let found = entry
        .description
        .into_iter()
        .find(|(known, _)| *known == key);
    found.map(|(_, value)| value).unwrap_or_default()
}

/// A registered scheme that covers every byte of any body, and the form of its secrets.
fn signing(entry: &CatalogEntry) -> Option<(SchemeSource, &'static str, &'static str)> {
    let is = |part: &str, value: &str| entry.description.contains(&(part, value.into()));
    let has = |part: &str| entry.description.iter().any(|(known, _)| *known == part);
    let is_in_body = has("timestamp_field") || has("signature_field");
    if is("algorithm", "token") || is_in_body || is("content", "{url}{form}") {
        return None;
    }
    // Of public keys those of Ed25519 sign here, and of fetched ones none.
    let is_public = is("key", "public-key");
    if has("key_source") || is_public && !is("algorithm", "ed25519") {
        return None;
    }
    let form = match (is("key", "base64"), is("key", "hex")) {
        _ if is_public => "ed25519",
        (true, _) => "base64",
        (_, true) => "hex",
        _ => "text",
    };
    Some((SchemeSource::Registered(entry.name), form, ""))
}

/// A well-formed description of a made-up scheme.
pub(crate) fn description() -> impl Strategy<Value = Value> {
    let words = (
        select(vec!["hmac-sha256", "hmac-sha1", "hmac-sha512"]),
        select(vec!["hex", "hex-upper", "hex-any-case", "base64"]),
        select(vec!["text", "base64", "hex"]),
        select(vec!["seconds", "milliseconds", "rfc3339"]),
    );
    let grammar = (
        select(vec!["", "v1=", "v1,", "sha256=", "a_b-c="]),
        prop::option::of(select(vec![" ", ",", ";"])),
        select(vec!["none", "header", "label"]),
        1..4_usize,
    );
    let parts = (
        any::<[bool; 5]>(),
        prop::collection::vec(select(vec![".", ":", "\n", "{{", "}}", ":v0:", " é "]), 6),
        any::<prop::sample::Index>(),
    );
    (words, grammar, parts).prop_map(
        |(
            (algorithm, encoding, key, timestamp_format),
            (prefix, separator, timestamp, sets),
            (
                [
                    with_id,
                    signs_id,
                    signs_method,
                    signs_url,
                    with_secret_prefix,
                ],
                literals,
                rotation,
            ),
        )| {
            let separator = separator.filter(|separator| !prefix.ends_with(separator));
            let timestamp = match timestamp {
                "label" if separator.is_none() || !prefix.ends_with('=') => "header",
                other => other,
            };
            let mut names = vec!["{body}"];
            names.extend((with_id && signs_id).then_some("{id}"));
            names.extend((timestamp != "none").then_some("{timestamp}"));
            names.extend(signs_method.then_some("{method}"));
            names.extend(signs_url.then_some("{url}"));
            let first = rotation.index(names.len());
            names.rotate_left(first);
            let content: String = names
                .iter()
                .zip(&literals)
                .flat_map(|(name, literal)| [*name, *literal])
                .collect();
            let headers: Vec<Value> = (0..sets)
                .map(|set| {
                    let mut names = json!({"signature": format!("x-signature-{set}")});
                    if with_id {
                        names["id"] = format!("x-id-{set}").into();
                    }
                    if timestamp == "header" {
                        names["timestamp"] = format!("x-timestamp-{set}").into();
                    }
                    names
                })
                .collect();
            json!({
                "name": "made-up",
                "headers": headers,
                "prefix": prefix,
                "separator": separator,
                "timestamp_label": (timestamp == "label").then_some("t"),
                "algorithm": algorithm,
                "encoding": encoding,
                "key": key,
                "secret_prefix": if with_secret_prefix && key != "text" { "sec_" } else { "" },
                "content": content,
                "timestamp_format": timestamp_format,
            })
        },
    )
}
