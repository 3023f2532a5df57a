//! The family of Standard Webhooks.

use super::providers;
use crate::scheme::{Encoding, HeaderNames, KeyForm, SchemeBuilder, TimestampFormat};

const STANDARD_HEADERS: HeaderNames<'static> = HeaderNames::new("webhook-signature")
    .id("webhook-id")
    .timestamp("webhook-timestamp");
const SVIX_HEADERS: HeaderNames<'static> = HeaderNames::new("svix-signature")
    .id("svix-id")
    .timestamp("svix-timestamp");

providers! {
    "Standard Webhooks and its kin";

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
                SVIX_HEADERS,
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

    /// OpenAI. A secret with `whsec_` is base64, another is its text.
    ///
    /// Source: <https://github.com/openai/openai-python>, `src/openai/lib/_webhooks.py`.
    OPENAI [] Confirmed =>
        SchemeBuilder::new("openai")
            .headers(&[STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64OrText)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Seconds)
            .dedupe(&["id"])
            .data("data");

    /// Clerk, which delivers by Svix under the headers `svix-*` alone.
    ///
    /// Source: <https://clerk.com/docs/guides/development/webhooks/overview>.
    CLERK [] Confirmed =>
        SchemeBuilder::new("clerk")
            .headers(&[SVIX_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Milliseconds)
            .data("data");

    /// Resend, which delivers by Svix under the headers `svix-*` alone.
    ///
    /// Source: <https://resend.com/docs/webhooks/verify-webhooks-requests>.
    RESEND [] Confirmed =>
        SchemeBuilder::new("resend")
            .headers(&[SVIX_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// Dodo Payments. A later attempt may carry a newer body under the same id.
    ///
    /// Source: <https://docs.dodopayments.com/developer-resources/webhooks>.
    DODO_PAYMENTS ["dodo"] Confirmed =>
        SchemeBuilder::new("dodo-payments")
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

    /// Replicate. The body is a prediction, whose id is the same for all of its events.
    ///
    /// Source: <https://replicate.com/docs/topics/webhooks/verify-webhook>.
    REPLICATE [] Confirmed =>
        SchemeBuilder::new("replicate")
            .headers(&[STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"])
            .event_type(&["body:status"]);

    /// Fathom, under the headers of Svix or of Standard Webhooks.
    ///
    /// Source: its SDK `fathom-typescript`, `src/sdk/sdk.ts`.
    FATHOM [] Confirmed =>
        SchemeBuilder::new("fathom")
            .headers(&[SVIX_HEADERS, STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"]);

    /// Polar. Secrets of endpoints made since September 2026 are base64 after `whsec_`, older ones
    /// are their text; nothing in a request says which, so that both are tried.
    ///
    /// Source: <https://github.com/polarsource/polar>, `server/polar/webhook/tasks.py`.
    POLAR [] Confirmed =>
        SchemeBuilder::new("polar")
            .headers(&[STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64AndText)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .data("data");

    /// GitLab, with a signing token. Hooks that have none send `X-Gitlab-Token`: see
    /// [`GITLAB_TOKEN`](Self::GITLAB_TOKEN).
    ///
    /// Source: <https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944> and 231325.
    GITLAB [] Confirmed =>
        SchemeBuilder::new("gitlab")
            .headers(&[STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["id"])
            .event_type(&["header:x-gitlab-event"]);

    /// folk.
    ///
    /// Source: its OpenAPI description for the secret; the headers as third parties have them.
    FOLK [] Unconfirmed =>
        SchemeBuilder::new("folk")
            .headers(&[STANDARD_HEADERS])
            .prefix("v1,")
            .separator(' ')
            .encoding(Encoding::Base64)
            .key(KeyForm::Base64)
            .secret_prefix("whsec_")
            .content("{id}.{timestamp}.{body}")
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:createdAt"], TimestampFormat::Rfc3339)
            .dedupe(&["id"])
            .data("data");
}
