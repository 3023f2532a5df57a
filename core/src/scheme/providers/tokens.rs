//! Tokens that are sent as they are: no signatures.

use super::providers;
use crate::scheme::{Algorithm, Handshake, HeaderNames, SchemeBuilder, TimestampFormat};

providers! {
    "Tokens: no signatures";

    /// GitLab's older webhooks, which carry the token itself. It proves nothing about the body: use
    /// a signing token, see [`GITLAB`](Self::GITLAB).
    ///
    /// Source: <https://gitlab.com/gitlab-org/gitlab>, `app/services/web_hook_service.rb`.
    GITLAB_TOKEN [] Confirmed =>
        SchemeBuilder::new("gitlab-token")
            .headers(&[HeaderNames::new("x-gitlab-token")])
            .algorithm(Algorithm::Token)
            .content("")
            .event_id(&["header:idempotency-key"])
            .event_type(&["header:x-gitlab-event"]);

    /// Telegram bots. The token is that of `setWebhook`, and proves nothing about the body.
    ///
    /// Source: <https://core.telegram.org/bots/api#setwebhook>.
    TELEGRAM [] Confirmed =>
        SchemeBuilder::new("telegram")
            .headers(&[HeaderNames::new("x-telegram-bot-api-secret-token")])
            .algorithm(Algorithm::Token)
            .content("")
            .event_id(&["body:update_id"]);

    /// Okta event hooks, whose `Authorization` is what was entered when the hook was made. It
    /// proves nothing about the body.
    ///
    /// Source: <https://developer.okta.com/docs/concepts/event-hooks/>.
    OKTA [] Confirmed =>
        SchemeBuilder::new("okta")
            .headers(&[HeaderNames::new("authorization")])
            .algorithm(Algorithm::Token)
            .content("")
            .event_id(&["body:eventId"])
            .event_type(&["body:eventType"])
            .event_time(&["body:eventTime"], TimestampFormat::Rfc3339)
            .data("data")
            .handshake(Handshake::OktaVerification);
}
