//! Keyed hashes over a time and the body.

use super::providers;
use crate::scheme::{
    Handshake, HeaderNames, PayloadForm, Required, SchemeBuilder, TimestampFormat,
};
use crate::time::Tolerance;

providers! {
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
            .event_time(&["body:created"], TimestampFormat::Seconds)
            .required(&[Required::Id, Required::Type])
            .data("data");

    /// Slack: the Events API, slash commands and interactive messages.
    ///
    /// Source: <https://api.slack.com/authentication/verifying-requests-from-slack>.
    SLACK [] Confirmed =>
        SchemeBuilder::new("slack")
            .headers(&[HeaderNames::new("x-slack-signature").timestamp("x-slack-request-timestamp")])
            .prefix("v0=")
            .content("v0:{timestamp}:{body}")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["body:event_id", "body:trigger_id"])
            .event_type(&["body:event.type", "body:type", "body:command"])
            .event_time(&["body:event_time"], TimestampFormat::Seconds)
            .handshake(Handshake::SlackUrlVerification);
}
