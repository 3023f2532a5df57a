//! The family of Standard Webhooks.

use super::providers;
use crate::scheme::{Encoding, HeaderNames, KeyForm, SchemeBuilder, TimestampFormat};

const STANDARD_HEADERS: HeaderNames<'static> = HeaderNames::new("webhook-signature")
    .id("webhook-id")
    .timestamp("webhook-timestamp");

providers! {
    /// Standard Webhooks, symmetric (`v1`).
    ///
    /// Source: the specification, <https://github.com/standard-webhooks/standard-webhooks>.
    STANDARD ["standard-webhooks"] Confirmed =>
        SchemeBuilder::new("standard")
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

    /// Svix: Standard Webhooks under the header names `svix-*`, or else `webhook-*`.
    ///
    /// Source: <https://docs.svix.com/receiving/verifying-payloads/how-manual>.
    SVIX [] Confirmed =>
        SchemeBuilder::new("svix")
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
}
