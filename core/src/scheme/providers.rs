//! The registered schemes. Each entry is a description; `Scheme`'s constants cite the sources.

use super::{
    Encoding, Handshake, HeaderNames, KeyForm, PayloadForm, Required, SchemeBuilder,
    TimestampFormat,
};
use crate::time::Tolerance;

pub(crate) static REGISTERED: [&SchemeBuilder<'static>; 8] = [
    &STANDARD, &SVIX, &GITHUB, &STRIPE, &SLACK, &SHOPIFY, &META, &SHA256,
];

const STANDARD_HEADERS: HeaderNames<'static> = HeaderNames::new("webhook-signature")
    .id("webhook-id")
    .timestamp("webhook-timestamp");

pub(crate) static STANDARD: SchemeBuilder<'static> = SchemeBuilder::new("standard")
    .headers(&[STANDARD_HEADERS])
    .prefix("v1,")
    .separator(' ')
    .encoding(Encoding::Base64)
    .key(KeyForm::Base64)
    .secret_prefix("whsec_")
    .content("{id}.{timestamp}.{body}")
    .event_id(&["id"])
    .event_type(&["body:type"])
    .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
    .data("data");

pub(crate) static SVIX: SchemeBuilder<'static> = SchemeBuilder::new("svix")
    .headers(&[
        HeaderNames::new("svix-signature")
            .id("svix-id")
            .timestamp("svix-timestamp"),
        STANDARD_HEADERS,
    ])
    .prefix("v1,")
    .separator(' ')
    .encoding(Encoding::Base64)
    .key(KeyForm::Base64)
    .secret_prefix("whsec_")
    .content("{id}.{timestamp}.{body}")
    .event_id(&["id"])
    .event_type(&["body:type"])
    .data("data");

pub(crate) static GITHUB: SchemeBuilder<'static> = SchemeBuilder::new("github")
    .headers(&[HeaderNames::new("x-hub-signature-256")])
    .prefix("sha256=")
    .payload(PayloadForm::JsonOrForm)
    .event_id(&["header:x-github-delivery"])
    .event_type(&["header:x-github-event"]);

pub(crate) static STRIPE: SchemeBuilder<'static> = SchemeBuilder::new("stripe")
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

pub(crate) static SLACK: SchemeBuilder<'static> = SchemeBuilder::new("slack")
    .headers(&[HeaderNames::new("x-slack-signature").timestamp("x-slack-request-timestamp")])
    .prefix("v0=")
    .content("v0:{timestamp}:{body}")
    .payload(PayloadForm::JsonOrForm)
    .event_id(&["body:event_id", "body:trigger_id"])
    .event_type(&["body:event.type", "body:type", "body:command"])
    .event_time(&["body:event_time"], TimestampFormat::Seconds)
    .handshake(Handshake::SlackUrlVerification);

pub(crate) static SHOPIFY: SchemeBuilder<'static> = SchemeBuilder::new("shopify")
    .headers(&[HeaderNames::new("x-shopify-hmac-sha256")])
    .encoding(Encoding::Base64)
    .event_id(&["header:x-shopify-webhook-id"])
    .event_type(&["header:x-shopify-topic"])
    .event_time(&["header:x-shopify-triggered-at"], TimestampFormat::Rfc3339);

/// A notification has no identity: one request carries up to a thousand changes.
pub(crate) static META: SchemeBuilder<'static> = SchemeBuilder::new("meta")
    .headers(&[HeaderNames::new("x-hub-signature-256")])
    .prefix("sha256=")
    .event_type(&["body:object"])
    .handshake(Handshake::MetaVerification);

/// The id in the body is signed and the one in the header is not, so the body's comes first.
pub(crate) static SHA256: SchemeBuilder<'static> = SchemeBuilder::new("sha256")
    .headers(&[HeaderNames::new("x-webhook-signature")])
    .prefix("sha256=")
    .event_id(&["body:id", "header:x-webhook-event-id"])
    .event_type(&["body:type"])
    .event_time(&["body:timestamp"], TimestampFormat::Seconds)
    .required(&[Required::Type])
    .data("data");
