//! The published test cases of the keyed hashes.

use countersign::{Algorithm, Encoding, Secret};

use crate::support::{sign_body, webhook_over_body};

struct KnownAnswer {
    key: Vec<u8>,
    data: Vec<u8>,
    /// In hexadecimal, in the order SHA-256, SHA-512 or SHA-1 alone; may be the beginning only.
    tags: &'static [&'static str],
}

fn case(key: &[u8], data: &[u8], tags: &'static [&'static str]) -> KnownAnswer {
    KnownAnswer {
        key: key.into(),
        data: data.into(),
        tags,
    }
}

fn check(cases: &[KnownAnswer], algorithms: &[Algorithm]) {
    for (number, case) in (1..).zip(cases) {
        assert_eq!(case.tags.len(), algorithms.len());
        for (algorithm, tag) in algorithms.iter().zip(case.tags) {
            let secret = Secret::from_bytes(&case.key).unwrap();
            let webhook = webhook_over_body(*algorithm, Encoding::Hex, secret);
            let signature = sign_body(&webhook, &case.data);
            assert!(signature.starts_with(tag), "{algorithm:?}, case {number}");
            assert_eq!(signature.len(), 2 * algorithm.tag_length());
        }
    }
}

/// RFC 4231 section 4. Case 5 publishes the first 128 bits of its tags.
#[test]
fn rfc_4231() {
    let counting_key: Vec<u8> = (1..=25).collect();
    let cases = [
        case(
            &[0x0b; 20],
            b"Hi There",
            &[
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
             daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
            ],
        ),
        case(
            b"Jefe",
            b"what do ya want for nothing?",
            &[
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ],
        ),
        case(
            &[0xaa; 20],
            &[0xdd; 50],
            &[
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
                "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
             bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
            ],
        ),
        case(
            &counting_key,
            &[0xcd; 50],
            &[
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
                "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
             a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
            ],
        ),
        case(
            &[0x0c; 20],
            b"Test With Truncation",
            &[
                "a3b6167473100ee06e0c796c2955552b",
                "415fad6271580a531d4179bc891d87a6",
            ],
        ),
        case(
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            &[
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
                 6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ],
        ),
        case(
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size \
              data. The key needs to be hashed before being used by the HMAC algorithm.",
            &[
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
                "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
                 b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
            ],
        ),
    ];
    check(&cases, &[Algorithm::HmacSha256, Algorithm::HmacSha512]);
}

/// RFC 2202 section 3.
#[test]
fn rfc_2202() {
    let counting_key: Vec<u8> = (1..=25).collect();
    let long_key = [0xaa; 80];
    let cases = [
        case(
            &[0x0b; 20],
            b"Hi There",
            &["b617318655057264e28bc0b6fb378c8ef146be00"],
        ),
        case(
            b"Jefe",
            b"what do ya want for nothing?",
            &["effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
        ),
        case(
            &[0xaa; 20],
            &[0xdd; 50],
            &["125d7342b9ac11cd91a39af48aa17b4f63f175d3"],
        ),
        case(
            &counting_key,
            &[0xcd; 50],
            &["4c9007f4026250c6bc8414f9bf50c86c2d7235da"],
        ),
        case(
            &[0x0c; 20],
            b"Test With Truncation",
            &["4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"],
        ),
        case(
            &long_key,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            &["aa4ae5e15272d00e95705637ce8a3b55ed402112"],
        ),
        case(
            &long_key,
            b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
            &["e8e99d0f45237d786d6bbaa7965c7808bbff1a91"],
        ),
    ];
    check(&cases, &[Algorithm::HmacSha1]);
}

/// The key of RFC 4231 case 2 as the secret's text, in each of its forms.
#[test]
fn every_form_of_a_secret_gives_the_same_key() {
    use crate::support::plain_scheme;
    use countersign::{KeyForm, Webhook};

    let forms = [
        (KeyForm::Text, "Jefe"),
        (KeyForm::Base64, "SmVmZQ=="),
        (KeyForm::Base64, "SmVmZQ"),
        (KeyForm::Hex, "4a656665"),
        (KeyForm::Hex, "4A656665"),
    ];
    for (form, text) in forms {
        let scheme = plain_scheme().key(form).build().unwrap();
        let webhook = Webhook::new(scheme, [Secret::parse(text).unwrap()]).unwrap();
        let signature = sign_body(&webhook, b"what do ya want for nothing?");
        assert_eq!(
            signature, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "{form:?} {text}"
        );
    }
}
