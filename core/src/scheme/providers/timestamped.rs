//! Keyed hashes over a time and the body.

use super::providers;
use crate::scheme::{
    Algorithm, Encoding, Handshake, HeaderNames, PayloadForm, Required, SchemeBuilder,
    TimestampFormat, UrlForm,
};
use crate::time::Tolerance;

providers! {
    "Signatures that cover a time or the call";

    /// Stripe. The key is the whole text `whsec_...`; only old timestamps are refused.
    ///
    /// Source: <https://docs.stripe.com/webhooks#verify-manually> and Stripe's own libraries.
    STRIPE [] Confirmed =>
        SchemeBuilder::new("stripe")
            .headers(&[HeaderNames::new("stripe-signature")])
            .prefix("v1=")
            .separator(',')
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .tolerance(Tolerance::past_only(300))
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:created"], TimestampFormat::SecondsOrRfc3339)
            .required(&[Required::Id, Required::Type])
            .data("data");

    /// Slack: the Events API, slash commands and interactive messages.
    ///
    /// Source: <https://api.slack.com/authentication/verifying-requests-from-slack>.
    SLACK [] Confirmed =>
        SchemeBuilder::new("slack")
            .headers(&[
                HeaderNames::new("x-slack-signature").timestamp("x-slack-request-timestamp"),
            ])
            .prefix("v0=")
            .content("v0:{timestamp}:{body}")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["body:event_id", "body:trigger_id"])
            .event_type(&["body:event.type", "body:type", "body:command"])
            .event_time(&["body:event_time"], TimestampFormat::Seconds)
            .handshake(Handshake::SlackUrlVerification);

    /// Mux. The body may differ from attempt to attempt.
    ///
    /// Source: <https://www.mux.com/docs/core/verify-webhook-signatures>.
    MUX [] Confirmed =>
        SchemeBuilder::new("mux")
            .headers(&[HeaderNames::new("mux-signature")])
            .prefix("v1=")
            .separator(',')
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .tolerance(Tolerance::past_only(300))
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// Calendly. Its deliveries have no identity.
    ///
    /// Source: <https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures>.
    CALENDLY [] Confirmed =>
        SchemeBuilder::new("calendly")
            .headers(&[HeaderNames::new("calendly-webhook-signature")])
            .prefix("v1=")
            .separator(',')
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .tolerance(Tolerance::past_only(180))
            .event_type(&["body:event"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("payload");

    /// WorkOS. Its Python library wants the space after the comma.
    ///
    /// Source: <https://workos.com/docs/events/data-syncing/webhooks>.
    WORKOS [] Confirmed =>
        SchemeBuilder::new("workos")
            .headers(&[HeaderNames::new("workos-signature")])
            .prefix("v1=")
            .separator(',')
            .space_after_separator()
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .timestamp_format(TimestampFormat::Milliseconds)
            .tolerance(Tolerance::past_only(180))
            .event_id(&["body:id"])
            .event_type(&["body:event"])
            .data("data");

    /// Sanity. The signature is base64url. The headers of the event are not signed. Its tolerance is
    /// the half hour for which it once tried again; its own library checks no age.
    ///
    /// Source: <https://github.com/sanity-io/webhook-toolkit>, `src/signature.ts`.
    SANITY [] Confirmed =>
        SchemeBuilder::new("sanity")
            .headers(&[HeaderNames::new("sanity-webhook-signature")])
            .prefix("v1=")
            .separator(',')
            .timestamp_label("t")
            .encoding(Encoding::Base64Url)
            .content("{timestamp}.{body}")
            .timestamp_format(TimestampFormat::Milliseconds)
            .tolerance(Tolerance::from_sides(Some(1800), Some(300)))
            .payload(PayloadForm::JsonBatch)
            .event_id(&["header:idempotency-key"])
            .event_type(&["header:sanity-operation"])
            .event_time(&["header:sanity-transaction-time"], TimestampFormat::Rfc3339);

    /// ElevenLabs. Its deliveries have no identity.
    ///
    /// Source: <https://github.com/elevenlabs/elevenlabs-js>, `src/wrapper/webhooks.ts`; the time as
    /// <https://elevenlabs.io/docs/product-guides/administration/webhooks> has it.
    ELEVENLABS [] Confirmed =>
        SchemeBuilder::new("elevenlabs")
            .headers(&[HeaderNames::new("elevenlabs-signature")])
            .prefix("v0=")
            .separator(',')
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .tolerance(Tolerance::past_only(1800))
            .event_type(&["body:type"])
            .event_time(&["body:event_timestamp"], TimestampFormat::SecondsOrRfc3339)
            .data("data");

    /// Paddle Billing. It wants a tolerance of 5 seconds, for old timestamps.
    ///
    /// Source: <https://developer.paddle.com/webhooks/about/signature-verification>.
    PADDLE ["paddle-billing"] Confirmed =>
        SchemeBuilder::new("paddle")
            .headers(&[HeaderNames::new("paddle-signature")])
            .prefix("h1=")
            .separator(';')
            .timestamp_label("ts")
            .content("{timestamp}:{body}")
            .tolerance(Tolerance::past_only(5))
            .event_id(&["body:event_id"])
            .event_type(&["body:event_type"])
            .event_time(&["body:occurred_at"], TimestampFormat::Rfc3339)
            .dedupe(&["body:notification_id"])
            .data("data");

    /// Coinbase Developer Platform, by its `v0`. Requests that have `v1` alone, which covers
    /// headers, are refused with `unsupported_signature`. Events of wallets and payments have their id
    /// and type in the body; those of chains in headers alone, which are not signed.
    ///
    /// Source: <https://docs.cdp.coinbase.com/webhooks/verify-signatures> and
    /// <https://github.com/coinbase/cdp-sdk>, `openapi.yaml`.
    COINBASE_CDP [] Confirmed =>
        SchemeBuilder::new("coinbase-cdp")
            .headers(&[HeaderNames::new("x-hook0-signature")])
            .prefix("v0=")
            .separator(',')
            .timestamp_label("t")
            .content("{timestamp}.{body}")
            .event_id(&["body:eventId", "body:eventID", "header:x-event-id"])
            .event_type(&["body:eventType", "header:x-event-type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339);

    /// Webflow. The key is the client secret of the app, or the secret of a webhook made with a
    /// site token. Its deliveries have no identity.
    ///
    /// Source: <https://github.com/webflow/js-webflow-api>, `src/wrapper/WebhooksClient.ts`.
    WEBFLOW [] Confirmed =>
        SchemeBuilder::new("webflow")
            .headers(&[HeaderNames::new("x-webflow-signature").timestamp("x-webflow-timestamp")])
            .content("{timestamp}:{body}")
            .timestamp_format(TimestampFormat::Milliseconds)
            .tolerance(Tolerance::past_only(300))
            .event_type(&["body:triggerType"])
            .data("payload");

    /// Zoom. It names no tolerance. Its deliveries have no identity.
    ///
    /// Source: <https://github.com/zoom/webhook-sample>.
    ZOOM [] Confirmed =>
        SchemeBuilder::new("zoom")
            .headers(&[HeaderNames::new("x-zm-signature").timestamp("x-zm-request-timestamp")])
            .prefix("v0=")
            .content("v0:{timestamp}:{body}")
            .event_type(&["body:event"])
            .event_time(&["body:event_ts"], TimestampFormat::Milliseconds)
            .data("payload")
            .handshake(Handshake::ZoomUrlValidation);

    /// Zendesk. It names no tolerance. Tests before a webhook is saved are signed by a public
    /// secret, and refused. Payloads of triggers and automations are written by its customers: a type
    /// or a time that is not of the form of its events is none. JSON and forms are read, XML is not.
    ///
    /// Source: <https://developer.zendesk.com/documentation/webhooks/verifying/> and
    /// <https://developer.zendesk.com/documentation/webhooks/anatomy-of-a-webhook-request/>.
    ZENDESK [] Confirmed =>
        SchemeBuilder::new("zendesk")
            .headers(&[
                HeaderNames::new("x-zendesk-webhook-signature")
                    .timestamp("x-zendesk-webhook-signature-timestamp"),
            ])
            .encoding(Encoding::Base64)
            .content("{timestamp}{body}")
            .timestamp_format(TimestampFormat::Rfc3339)
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["header:x-zendesk-webhook-invocation-id"])
            .event_type(&["body:type"])
            .event_time(&["body:time"], TimestampFormat::Rfc3339)
            .free_fields();

    /// Twitch EventSub.
    ///
    /// Source: <https://dev.twitch.tv/docs/eventsub/handling-webhook-events>.
    TWITCH ["twitch-eventsub"] Confirmed =>
        SchemeBuilder::new("twitch")
            .headers(&[
                HeaderNames::new("twitch-eventsub-message-signature")
                    .id("twitch-eventsub-message-id")
                    .timestamp("twitch-eventsub-message-timestamp"),
            ])
            .prefix("sha256=")
            .content("{id}{timestamp}{body}")
            .timestamp_format(TimestampFormat::Rfc3339)
            .tolerance(Tolerance::past_only(600))
            .event_id(&["id"])
            .event_type(&["header:twitch-eventsub-subscription-type"])
            .event_time(&["header:twitch-eventsub-message-timestamp"], TimestampFormat::Rfc3339)
            .data("event")
            .handshake(Handshake::TwitchCallbackVerification);

    /// HubSpot, signatures of version 3. Pass the method and the URL. A delivery is an array of
    /// events.
    ///
    /// Source:
    /// <https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation>.
    HUBSPOT_V3 ["hubspot"] Confirmed =>
        SchemeBuilder::new("hubspot-v3")
            .headers(&[
                HeaderNames::new("x-hubspot-signature-v3").timestamp("x-hubspot-request-timestamp"),
            ])
            .encoding(Encoding::Base64)
            .content("{method}{url}{body}{timestamp}")
            .url_form(UrlForm::PartlyDecoded)
            .timestamp_format(TimestampFormat::Milliseconds)
            .tolerance(Tolerance::past_only(300))
            .payload(PayloadForm::JsonBatch);

    /// HubSpot, signatures of version 1: a plain hash, which is weaker than a keyed one. Use
    /// [`HUBSPOT_V3`](Self::HUBSPOT_V3), whose header comes beside it.
    ///
    /// Source: as [`HUBSPOT_V3`](Self::HUBSPOT_V3).
    HUBSPOT_V1 [] Confirmed =>
        SchemeBuilder::new("hubspot-v1")
            .headers(&[HeaderNames::new("x-hubspot-signature")])
            .algorithm(Algorithm::PlainSha256)
            .content("{secret}{body}")
            .payload(PayloadForm::JsonBatch);

    /// HubSpot, signatures of version 2: a plain hash, which is weaker than a keyed one. Use
    /// [`HUBSPOT_V3`](Self::HUBSPOT_V3), whose header comes beside it.
    ///
    /// Source: as [`HUBSPOT_V3`](Self::HUBSPOT_V3).
    HUBSPOT_V2 [] Confirmed =>
        SchemeBuilder::new("hubspot-v2")
            .headers(&[HeaderNames::new("x-hubspot-signature")])
            .algorithm(Algorithm::PlainSha256)
            .content("{secret}{method}{url}{body}")
            .payload(PayloadForm::JsonBatch);

    /// Statsig. It names no tolerance. A delivery is an object or an array of events.
    ///
    /// Source: <https://github.com/statsig-io/docs>, `integrations/event_webhook.mdx`.
    STATSIG [] Confirmed =>
        SchemeBuilder::new("statsig")
            .headers(&[
                HeaderNames::new("x-statsig-signature").timestamp("x-statsig-request-timestamp"),
            ])
            .prefix("v0=")
            .content("v0:{timestamp}:{body}")
            .timestamp_format(TimestampFormat::Milliseconds)
            .payload(PayloadForm::JsonBatch);

    /// Cashfree Payments. It names no tolerance.
    ///
    /// Source: <https://github.com/cashfree/cashfree-pg-sdk-nodejs>, `PGVerifyWebhookSignature`.
    CASHFREE [] Confirmed =>
        SchemeBuilder::new("cashfree")
            .headers(&[HeaderNames::new("x-webhook-signature").timestamp("x-webhook-timestamp")])
            .encoding(Encoding::Base64)
            .content("{timestamp}{body}")
            .timestamp_format(TimestampFormat::Milliseconds)
            .event_id(&["header:x-idempotency-key"])
            .event_type(&["body:type"])
            .event_time(&["body:event_time"], TimestampFormat::Rfc3339)
            .data("data");
}
