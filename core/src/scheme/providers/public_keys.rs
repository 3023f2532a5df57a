//! Signatures by public keys, and JSON Web Signatures.

use super::providers;
use crate::scheme::public_keys::{CertificateSource, JwsAlgorithm, JwsForm, KeySource};
use crate::scheme::{
    Algorithm, Encoding, Handshake, HeaderNames, KeyForm, PayloadForm, Required, SchemeBuilder,
    TimestampFormat,
};
use crate::time::Tolerance;

providers! {
    "Public keys and JSON Web Signatures";

    /// Discord: interactions, and the events of its webhooks. The secret is the application's public key.
    /// Interactions have a number for a type, which is no event type; events have no identity. Discord
    /// names no tolerance.
    ///
    /// Source: <https://docs.discord.com/developers/interactions/overview> and
    /// <https://github.com/discord/discord-interactions-js>.
    DISCORD [] Confirmed =>
        SchemeBuilder::new("discord")
            .headers(&[
                HeaderNames::new("x-signature-ed25519").timestamp("x-signature-timestamp"),
            ])
            .algorithm(Algorithm::Ed25519)
            .key(KeyForm::PublicKey)
            .content("{timestamp}{body}")
            .event_id(&["body:id"])
            .event_type(&["body:event.type"])
            .handshake(Handshake::DiscordPing);

    /// SendGrid's event webhook. The secret is the verification key of its settings. The body is an array
    /// of events, each with an `sg_event_id`; it ends with a line break, which is signed. SendGrid names
    /// no tolerance, and none is checked unless one is set.
    ///
    /// Source: <https://github.com/sendgrid/sendgrid-nodejs>, `packages/eventwebhook`.
    SENDGRID [] Confirmed =>
        SchemeBuilder::new("sendgrid")
            .headers(&[
                HeaderNames::new("x-twilio-email-event-webhook-signature")
                    .timestamp("x-twilio-email-event-webhook-timestamp"),
            ])
            .algorithm(Algorithm::EcdsaP256Sha256)
            .encoding(Encoding::Base64)
            .key(KeyForm::PublicKey)
            .content("{timestamp}{body}")
            .tolerance(Tolerance::unchecked())
            .payload(PayloadForm::JsonBatch);

    /// Circle, notifications of version 2. The key is found by the id in `X-Circle-Key-Id`, with the
    /// account's API key; a public key may be passed instead of fetched. There is no signed time.
    ///
    /// Source: <https://developers.circle.com/api-reference/verify-webhook-signatures>.
    CIRCLE [] Confirmed =>
        SchemeBuilder::new("circle")
            .headers(&[HeaderNames::new("x-circle-signature")])
            .algorithm(Algorithm::EcdsaP256Sha256)
            .encoding(Encoding::Base64)
            .key(KeyForm::PublicKey)
            .key_source(KeySource::ById(Some("header:x-circle-key-id")))
            .event_id(&["body:notificationId"])
            .event_type(&["body:notificationType"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .handshake(Handshake::HeadProbe);

    /// HighLevel (LeadConnector), since July 2026. The secret is the Ed25519 key that its documentation
    /// publishes, the same for every app. There is no signed time.
    ///
    /// Source: <https://github.com/GoHighLevel/highlevel-api-sdk>, `lib/webhook/webhook-manager.ts`.
    HIGHLEVEL ["gohighlevel", "ghl", "leadconnector"] Confirmed =>
        SchemeBuilder::new("highlevel")
            .headers(&[HeaderNames::new("x-ghl-signature")])
            .algorithm(Algorithm::Ed25519)
            .encoding(Encoding::Base64)
            .key(KeyForm::PublicKey)
            .event_id(&["body:webhookId"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339);

    /// HighLevel before July 2026, by the RSA key that its documentation publishes.
    ///
    /// Source: <https://github.com/GoHighLevel/highlevel-api-docs>,
    /// `docs/oauth/WebhookAuthentication.md`.
    HIGHLEVEL_RSA [] Confirmed =>
        SchemeBuilder::new("highlevel-rsa")
            .headers(&[HeaderNames::new("x-wh-signature")])
            .algorithm(Algorithm::RsaPkcs1Sha256)
            .encoding(Encoding::Base64)
            .key(KeyForm::PublicKey)
            .event_id(&["body:webhookId"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339);

    /// PayPal. The secret is the webhook's id, which is signed and not sent; the certificate lies at a URL
    /// that the request names. Of the body only a CRC-32 is signed, which who has one delivery can keep
    /// while changing the body: refuse what was delivered before, by its dedupe key, and look large
    /// amounts up. PayPal names no tolerance, and none is checked unless one is set.
    ///
    /// Source: <https://developer.paypal.com/api/rest/webhooks/rest> and
    /// <https://github.com/paypal/PayPal-Python-SDK>, `paypalrestsdk/notifications.py`.
    PAYPAL [] Confirmed =>
        SchemeBuilder::new("paypal")
            .headers(&[
                HeaderNames::new("paypal-transmission-sig")
                    .id("paypal-transmission-id")
                    .timestamp("paypal-transmission-time"),
            ])
            .algorithm(Algorithm::RsaPkcs1Sha256)
            .encoding(Encoding::Base64)
            .key(KeyForm::Identity)
            .key_source(KeySource::Certificate(CertificateSource {
                url: "header:paypal-cert-url",
                hosts: &[
                    "api.paypal.com",
                    "api.sandbox.paypal.com",
                    "api-m.paypal.com",
                    "api-m.sandbox.paypal.com",
                ],
                path: ("/v1/notifications/certs/", ""),
                names: &[
                    "messageverificationcerts.paypal.com",
                    "messageverificationcerts.*.paypal.com",
                ],
            }))
            .content("{id}|{timestamp}|{secret}|{crc32}")
            .timestamp_format(TimestampFormat::Rfc3339)
            .tolerance(Tolerance::unchecked())
            .event_id(&["body:id"])
            .event_type(&["body:event_type"])
            .event_time(&["body:create_time"], TimestampFormat::Rfc3339)
            .required(&[Required::Id, Required::Type])
            .data("resource");

    /// Amazon SNS. The secret is the ARN of the topic whose messages are taken, since everybody's topics
    /// sign with the same keys; the certificate lies at a URL that the message names. SNS signs by RSA
    /// with SHA-1 unless the topic's `SignatureVersion` is 2. A message that is delivered raw has no
    /// signature and is refused. SNS names no tolerance, and none is checked unless one is set.
    ///
    /// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html> and
    /// <https://github.com/aws/aws-php-sns-message-validator>.
    SNS ["aws-sns", "amazon-sns"] Confirmed =>
        SchemeBuilder::new("sns")
            .signature_field("Signature")
            .algorithm(Algorithm::RsaPkcs1Sha256)
            .rsa_version_field("SignatureVersion")
            .encoding(Encoding::Base64)
            .key(KeyForm::Identity)
            .identity("body:TopicArn")
            .key_source(KeySource::Certificate(CertificateSource {
                url: "body:SigningCertURL",
                hosts: &["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"],
                path: ("/", ".pem"),
                names: &[
                    "sns.amazonaws.com",
                    "sns.*.amazonaws.com",
                    "sns.amazonaws.com.cn",
                    "sns.*.amazonaws.com.cn",
                ],
            }))
            .content(concat!(
                "{line:Message}{line:MessageId}{line:Subject}{line:SubscribeURL}",
                "{line:Timestamp}{line:Token}{line:TopicArn}{line:Type}",
            ))
            .timestamp_field("Timestamp")
            .timestamp_format(TimestampFormat::Rfc3339)
            .tolerance(Tolerance::unchecked())
            .event_id(&["body:MessageId"])
            .event_type(&["body:Type"])
            .event_time(&["body:Timestamp"], TimestampFormat::Rfc3339)
            .required(&[Required::Id, Required::Type])
            .data("Message")
            .handshake(Handshake::SnsConfirmation);

    /// fal. The secret is the id of the user whose requests are taken, since fal calls any URL for anyone;
    /// the keys are published. In tests a pair of keys of one's own, `whsk_` and base64, may stand beside
    /// the id, which then signs and verifies in their place.
    ///
    /// Source: <https://docs.fal.ai/model-apis/model-endpoints/webhooks>, whose section on signatures was
    /// read in copies alone.
    FAL ["fal-ai"] Unconfirmed =>
        SchemeBuilder::new("fal")
            .headers(&[
                HeaderNames::new("x-fal-webhook-signature")
                    .id("x-fal-webhook-request-id")
                    .timestamp("x-fal-webhook-timestamp"),
            ])
            .algorithm(Algorithm::Ed25519)
            .key(KeyForm::Identity)
            .key_source(KeySource::Published("https://rest.fal.ai/.well-known/jwks.json"))
            .content("{id}\n{secret}\n{timestamp}\n{sha256}")
            .event_id(&["id"])
            .event_type(&["body:status"])
            .data("payload");

    /// Plaid. The key is found by the id in the signature, with the account's credentials
    /// (`/webhook_verification_key/get`); JWKs may be passed instead of fetched. The body is indented.
    /// Deliveries have no identity.
    ///
    /// Source: <https://plaid.com/docs/api/webhooks/webhook-verification/>.
    PLAID [] Confirmed =>
        SchemeBuilder::new("plaid")
            .headers(&[HeaderNames::new("plaid-verification")])
            .algorithm(Algorithm::Jws)
            .key(KeyForm::PublicKey)
            .key_source(KeySource::ById(None))
            .jws(JwsForm {
                algorithms: &[JwsAlgorithm::Es256],
                digest_claim: "request_body_sha256",
                digest_encoding: Encoding::Hex,
                issuer: None,
                timestamp_claim: Some("iat"),
            })
            .content("")
            .tolerance(Tolerance::past_only(300))
            .event_type(&["body:webhook_code"]);

    /// Netlify. The id of a deploy repeats over its states, so that deliveries have no identity.
    ///
    /// Source: <https://docs.netlify.com/deploy/deploy-notifications/>, whose section on signatures was
    /// read at third parties alone.
    NETLIFY [] Unconfirmed =>
        SchemeBuilder::new("netlify")
            .headers(&[HeaderNames::new("x-webhook-signature")])
            .algorithm(Algorithm::Jws)
            .jws(JwsForm {
                algorithms: &[JwsAlgorithm::Hs256],
                digest_claim: "sha256",
                digest_encoding: Encoding::Hex,
                issuer: Some("netlify"),
                timestamp_claim: None,
            })
            .content("")
            .event_id(&["body:id"])
            .event_type(&["body:state"])
            .event_time(&["body:updated_at"], TimestampFormat::Rfc3339)
            .dedupe(&[]);

    /// FusionAuth. A secret is the shared one of an HMAC key, a public key, or the set of keys that the
    /// instance publishes at `/.well-known/jwks.json`. There is no signed time. Signatures by HS384,
    /// RS384, RS512, ES384 and ES512 are not taken.
    ///
    /// Source: <https://fusionauth.io/docs/extend/events-and-webhooks/signing>.
    FUSIONAUTH [] Confirmed =>
        SchemeBuilder::new("fusionauth")
            .headers(&[HeaderNames::new("x-fusionauth-signature-jwt")])
            .algorithm(Algorithm::Jws)
            .key(KeyForm::PublicKeyOrText)
            .key_source(KeySource::ById(None))
            .jws(JwsForm {
                algorithms: &[
                    JwsAlgorithm::Hs256,
                    JwsAlgorithm::Hs512,
                    JwsAlgorithm::Rs256,
                    JwsAlgorithm::Es256,
                    JwsAlgorithm::EdDsa,
                ],
                digest_claim: "request_body_sha256",
                digest_encoding: Encoding::Base64,
                issuer: None,
                timestamp_claim: None,
            })
            .content("")
            .event_id(&["body:event.id"])
            .event_type(&["body:event.type"])
            .event_time(&["body:event.createInstant"], TimestampFormat::Milliseconds)
            .data("event");
}
