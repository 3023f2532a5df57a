//! The family of Standard Webhooks.

use super::providers;
use crate::scheme::{Encoding, HeaderNames, KeyForm, SchemeBuilder, TimestampFormat};

const STANDARD_HEADERS: HeaderNames<'static> = HeaderNames::new("webhook-signature")
    .id("webhook-id")
    .timestamp("webhook-timestamp");
const SVIX_HEADERS: HeaderNames<'static> = HeaderNames::new("svix-signature")
    .id("svix-id")
    .timestamp("svix-timestamp");

/// What all of them have, unless their entry says otherwise.
const fn of_family(
    name: &'static str,
    headers: &'static [HeaderNames<'static>],
) -> SchemeBuilder<'static> {
    SchemeBuilder::new(name)
        .headers(headers)
        .prefix("v1,")
        .separator(' ')
        .encoding(Encoding::Base64)
        .key(KeyForm::Base64)
        .secret_prefix("whsec_")
        .ed25519_prefix("v1a,")
        .content("{id}.{timestamp}.{body}")
        .event_id(&["id"])
        .event_type(&["body:type"])
}

providers! {
    "Standard Webhooks and its kin";

    /// Standard Webhooks, symmetric (`v1`).
    ///
    /// Source: the specification, <https://github.com/standard-webhooks/standard-webhooks>.
    STANDARD ["standard-webhooks"] Confirmed =>
        of_family("standard", &[STANDARD_HEADERS])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .data("data");

    /// Svix: Standard Webhooks under the header names `svix-*`, or else `webhook-*`.
    ///
    /// Source: <https://docs.svix.com/receiving/verifying-payloads/how-manual>.
    SVIX [] Confirmed =>
        of_family("svix", &[SVIX_HEADERS, STANDARD_HEADERS])
            .data("data");

    /// OpenAI. A secret with `whsec_` is base64, another is its text.
    ///
    /// Source: <https://github.com/openai/openai-python>, `src/openai/lib/_webhooks.py`.
    OPENAI [] Confirmed =>
        of_family("openai", &[STANDARD_HEADERS])
            .key(KeyForm::Base64OrText)
            .event_id(&["body:id"])
            .event_time(&["body:created_at"], TimestampFormat::Seconds)
            .dedupe(&["id"])
            .data("data");

    /// Clerk, which delivers by Svix under the headers `svix-*` alone.
    ///
    /// Source: <https://clerk.com/docs/guides/development/webhooks/overview>.
    CLERK [] Confirmed =>
        of_family("clerk", &[SVIX_HEADERS])
            .event_time(&["body:timestamp"], TimestampFormat::Milliseconds)
            .data("data");

    /// Resend, which delivers by Svix under the headers `svix-*` alone.
    ///
    /// Source: <https://resend.com/docs/webhooks/verify-webhooks-requests>.
    RESEND [] Confirmed =>
        of_family("resend", &[SVIX_HEADERS])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// Dodo Payments. A later attempt may carry a newer body under the same id.
    ///
    /// Source: <https://docs.dodopayments.com/developer-resources/webhooks>.
    DODO_PAYMENTS ["dodo"] Confirmed =>
        of_family("dodo-payments", &[STANDARD_HEADERS])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .data("data");

    /// Replicate. The body is a prediction, whose id is the same for all of its events.
    ///
    /// Source: <https://replicate.com/docs/topics/webhooks/verify-webhook>.
    REPLICATE [] Confirmed =>
        of_family("replicate", &[STANDARD_HEADERS])
            .event_type(&["body:status"]);

    /// Fathom, under the headers of Svix or of Standard Webhooks.
    ///
    /// Source: its SDK `fathom-typescript`, `src/sdk/sdk.ts`.
    FATHOM [] Confirmed =>
        of_family("fathom", &[SVIX_HEADERS, STANDARD_HEADERS])
            .event_type(&[]);

    /// Polar. Secrets made since 8 September 2026 are base64 after `whsec_`, older ones
    /// are their text; nothing in a request says which, so that both are tried.
    ///
    /// Source: <https://github.com/polarsource/polar>, `server/polar/webhook/tasks.py`.
    POLAR [] Confirmed =>
        of_family("polar", &[STANDARD_HEADERS])
            .key(KeyForm::Base64AndText)
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .data("data");

    /// GitLab, with a signing token. Hooks that have none send `X-Gitlab-Token`: see
    /// [`GITLAB_TOKEN`](Self::GITLAB_TOKEN).
    ///
    /// Source: <https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944> and 231325.
    GITLAB [] Confirmed =>
        of_family("gitlab", &[STANDARD_HEADERS])
            .event_type(&["header:x-gitlab-event"]);

    /// folk.
    ///
    /// Source: <https://developer.folk.app/webhooks/events-and-payloads>, and its OpenAPI description
    /// for the secret.
    FOLK [] Confirmed =>
        of_family("folk", &[STANDARD_HEADERS])
            .event_id(&["body:id"])
            .event_time(&["body:createdAt"], TimestampFormat::Rfc3339)
            .dedupe(&["id"])
            .data("data");
}
