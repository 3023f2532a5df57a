//! Keyed hashes over the URL that is called.

use super::providers;
use crate::scheme::{
    Algorithm, Encoding, Handshake, HeaderNames, PayloadForm, SchemeBuilder, TimestampFormat,
    UrlForm,
};

providers! {
    "Signatures that cover the URL";

    /// Twilio. Pass the URL that was called, with its query. Of JSON the URL has the digest.
    /// Requests signed by a shared key are [`TWILIO_SHARED_KEY`](Self::TWILIO_SHARED_KEY)'s. Callbacks
    /// by GET can be verified, but have no payload and no event: choose POST in the console.
    ///
    /// The name of the header of its id is unconfirmed.
    ///
    /// Source: <https://www.twilio.com/docs/usage/webhooks/webhooks-security> and its own
    /// libraries.
    TWILIO [] Confirmed =>
        SchemeBuilder::new("twilio")
            .headers(&[HeaderNames::new("x-twilio-signature")])
            .algorithm(Algorithm::HmacSha1)
            .encoding(Encoding::Base64)
            .content("{url}{form}")
            .url_form(UrlForm::EitherPort)
            .body_digest_parameter("bodySHA256")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["header:i-twilio-idempotency-token"]);

    /// Twilio, signed by a shared key (in beta) instead of the auth token: requests with the header
    /// `X-Twilio-Webhooks-Signature-Settings`, which is not signed and which nothing here goes by. A
    /// signature of the other kind is malformed under this scheme. Where both kinds come to one URL,
    /// choose the scheme by that header.
    ///
    /// Source: <https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys>.
    TWILIO_SHARED_KEY [] Confirmed =>
        SchemeBuilder::new("twilio-shared-key")
            .headers(&[HeaderNames::new("x-twilio-signature")])
            .encoding(Encoding::Base64)
            .content("{url}{form}")
            .url_form(UrlForm::EitherPort)
            .body_digest_parameter("bodySHA256")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["header:i-twilio-idempotency-token"]);

    /// Square. Pass the URL as it is in the developer console.
    ///
    /// Source: <https://developer.squareup.com/docs/webhooks/step3validate>.
    SQUARE [] Confirmed =>
        SchemeBuilder::new("square")
            .headers(&[HeaderNames::new("x-square-hmacsha256-signature")])
            .encoding(Encoding::Base64)
            .content("{url}{body}")
            .event_id(&["body:event_id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// Trello. Pass the callback URL as it was when the webhook was made. The key is the secret of
    /// the API key.
    ///
    /// Source: <https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks>.
    TRELLO [] Confirmed =>
        SchemeBuilder::new("trello")
            .headers(&[HeaderNames::new("x-trello-webhook")])
            .algorithm(Algorithm::HmacSha1)
            .encoding(Encoding::Base64)
            .content("{body}{url}")
            .event_id(&["body:action.id"])
            .event_type(&["body:action.type"])
            .event_time(&["body:action.date"], TimestampFormat::Rfc3339)
            .data("action")
            .handshake(Handshake::HeadProbe);

    /// Mandrill, Mailchimp's transactional mail. Pass the URL as it was entered. A delivery has
    /// several events.
    ///
    /// Source:
    /// <https://mandrill.zendesk.com/hc/en-us/articles/205583257-How-to-Authenticate-Webhook-Requests>.
    MANDRILL ["mailchimp-transactional"] Confirmed =>
        SchemeBuilder::new("mandrill")
            .headers(&[HeaderNames::new("x-mandrill-signature")])
            .algorithm(Algorithm::HmacSha1)
            .encoding(Encoding::Base64)
            .content("{url}{form}")
            .payload(PayloadForm::Form)
            .handshake(Handshake::HeadProbe);
}
