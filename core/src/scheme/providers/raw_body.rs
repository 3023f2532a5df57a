//! Keyed hashes over the body alone.

use super::providers;
use crate::scheme::{
    Encoding, Handshake, HeaderNames, PayloadForm, Required, SchemeBuilder, TimestampFormat,
};

providers! {
    /// GitHub.
    ///
    /// Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    GITHUB [] Confirmed =>
        SchemeBuilder::new("github")
            .headers(&[HeaderNames::new("x-hub-signature-256")])
            .prefix("sha256=")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["header:x-github-delivery"])
            .event_type(&["header:x-github-event"]);

    /// Shopify.
    ///
    /// Source: <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>.
    SHOPIFY [] Confirmed =>
        SchemeBuilder::new("shopify")
            .headers(&[HeaderNames::new("x-shopify-hmac-sha256")])
            .encoding(Encoding::Base64)
            .event_id(&["header:x-shopify-webhook-id"])
            .event_type(&["header:x-shopify-topic"])
            .event_time(&["header:x-shopify-triggered-at"], TimestampFormat::Rfc3339);

    /// Meta: Facebook, Instagram, Messenger and WhatsApp. The key is the app secret; the verify token
    /// serves the handshake alone, see [`Webhook::with_verify_token`](crate::Webhook::with_verify_token).
    ///
    /// A notification has no identity: one request carries up to a thousand changes.
    ///
    /// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.
    META ["facebook", "instagram", "messenger", "whatsapp"] Confirmed =>
        SchemeBuilder::new("meta")
            .headers(&[HeaderNames::new("x-hub-signature-256")])
            .prefix("sha256=")
            .event_type(&["body:object"])
            .handshake(Handshake::MetaVerification);

    /// The plain scheme of many homes: `X-Webhook-Signature: sha256=<hex>` over the body.
    ///
    /// The id in the body is signed and the one in the header is not, so the body's comes first.
    SHA256 [] Confirmed =>
        SchemeBuilder::new("sha256")
            .headers(&[HeaderNames::new("x-webhook-signature")])
            .prefix("sha256=")
            .event_id(&["body:id", "header:x-webhook-event-id"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Seconds)
            .required(&[Required::Type])
            .data("data");
}
