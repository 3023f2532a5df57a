//! What is signed is accepted, and by the secret that signed it.

use countersign::{Request, UnixTime};
use proptest::prelude::*;

use crate::support::{config, sent, subject};

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn what_is_signed_is_accepted(subject in subject(1), sent in sent()) {
        let webhook = subject.webhook();
        let headers = sent.sign(&webhook);
        let verified = sent.verify(&webhook, &headers).unwrap();
        prop_assert_eq!(verified.key_index(), 0);
        prop_assert_eq!(verified.body(), &*sent.body);
        if headers.iter().any(|(_, value)| *value == sent.id) {
            // The plain scheme's id header is the second choice behind the body, and still its id.
            prop_assert_eq!(verified.id(), Some(&*sent.id));
        }
        if let Some(timestamp) = verified.timestamp() {
            prop_assert_eq!(timestamp, sent.now);
        }
    }

    #[test]
    fn key_index_names_the_secret_that_signed(
        subject in subject(4),
        signer in 0..4_usize,
        sent in sent(),
    ) {
        let sender = subject.webhook_of(&subject.secrets[signer..=signer]);
        let headers = sent.sign(&sender);
        let receiver = subject.webhook();
        prop_assert_eq!(sent.verify(&receiver, &headers).unwrap().key_index(), signer);

        let mut others = subject.secrets.clone();
        others.remove(signer);
        let stranger = subject.webhook_of(&others);
        prop_assert_eq!(sent.verify(&stranger, &headers).unwrap_err().code(), "signature_mismatch");
    }

    /// A sender that rotates signs with both secrets; the receiver's order decides the index.
    #[test]
    fn the_first_secret_that_fits_is_named(subject in subject(3), sent in sent()) {
        let mut secrets = subject.secrets.clone();
        secrets.push(subject.secrets[1].clone());
        let headers = sent.sign(&subject.webhook_of(&subject.secrets[1..]));
        let receiver = subject.webhook_of(&secrets);
        prop_assert_eq!(sent.verify(&receiver, &headers).unwrap().key_index(), 1);
    }

    #[test]
    fn names_of_headers_have_no_case(subject in subject(1), sent in sent()) {
        let webhook = subject.webhook();
        let headers: Vec<_> = sent
            .sign(&webhook)
            .into_iter()
            .map(|(name, value)| (name.to_ascii_uppercase(), value))
            .collect();
        prop_assert!(sent.verify(&webhook, &headers).is_ok());

        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect::<Vec<(http::HeaderName, http::HeaderValue)>>()
            .into_iter()
            .collect();
        let request = Request::new(&map, &sent.body)
            .method(sent.method.as_str())
            .url(sent.url.as_str());
        prop_assert!(webhook.verify(&request, sent.now).is_ok());
    }

    /// The same header twice with one value is one header; with two it is refused.
    #[test]
    fn repeated_headers_must_agree(
        subject in subject(1),
        sent in sent(),
        which in any::<prop::sample::Index>(),
    ) {
        let webhook = subject.webhook();
        let mut headers = sent.sign(&webhook);
        let repeated = which.get(&headers).clone();
        headers.push(repeated.clone());
        prop_assert!(sent.verify(&webhook, &headers).is_ok());

        headers.push((repeated.0, format!("{} ", repeated.1)));
        let error = sent.verify(&webhook, &headers).unwrap_err();
        prop_assert_eq!(error.code(), "conflicting_header");
    }

    #[test]
    fn a_missing_header_is_named(
        subject in subject(1),
        sent in sent(),
        which in any::<prop::sample::Index>(),
    ) {
        let webhook = subject.webhook();
        let mut headers = sent.sign(&webhook);
        let (name, _) = headers.remove(which.index(headers.len()));
        match sent.verify(&webhook, &headers) {
            // Headers that only describe the event may be absent.
            Ok(_) => prop_assert!(!subject.needs(&name), "{}", name),
            Err(error) => {
                prop_assert_eq!(error.code(), "missing_header");
                prop_assert!(error.to_string().contains(&name));
            }
        }
    }

    #[test]
    fn freshness_is_the_distance_to_now(
        // Small numbers, so that the distance often is the tolerance itself.
        past in prop::option::of(0..6_u64),
        future in prop::option::of(0..6_u64),
        distance in -8..8_i64,
        base in 5_000..10_000_u64,
        nanos in prop_oneof![Just(0), 0..1_000_000_000_u32],
    ) {
        let tolerance = countersign::Tolerance::from_sides(past, future);
        let secret = countersign::Secret::parse("hush").unwrap();
        let webhook = countersign::Webhook::new(countersign::Scheme::SLACK, [secret]).unwrap();
        let webhook = webhook.with_tolerance(tolerance);
        let signed_at = UnixTime::from_seconds(base);
        let headers = webhook.sign(None, signed_at, b"{}").unwrap();
        let now = UnixTime::from_seconds(base.checked_add_signed(distance).unwrap())
            .saturating_add(std::time::Duration::new(0, nanos));
        let age_nanos = i128::from(distance) * 1_000_000_000 + i128::from(nanos);
        let exceeds = |nanos: i128, side: Option<u64>| {
            side.is_some_and(|side| nanos > i128::from(side) * 1_000_000_000)
        };
        let expected = if exceeds(age_nanos, past) {
            Some("timestamp_too_old")
        } else if exceeds(-age_nanos, future) {
            Some("timestamp_too_new")
        } else {
            None
        };
        let verdict = webhook.verify(&Request::new(&headers, b"{}"), now);
        prop_assert_eq!(verdict.err().map(|error| error.code()), expected);
    }
}
