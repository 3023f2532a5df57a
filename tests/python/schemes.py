"""The registered schemes, as the tests use them."""

from __future__ import annotations

from countersign import Scheme

#: Whose secret is hexadecimal, whose time or signature is in the body, who signs the call, and who
#: sends a token: these the corpus tests.
PARTICULAR = {
    "adyen",
    "adyen-header",
    "figma",
    "gitlab-token",
    "hubspot-v2",
    "hubspot-v3",
    "linear",
    "mailgun",
    "mandrill",
    "okta",
    "square",
    "telegram",
    "trello",
    "twilio",
    "twilio-shared-key",
    "unisender-go",
}
#: Who signs with a private key, which nobody else has.
OF_PUBLIC_KEYS = {
    "circle",
    "discord",
    "fal",
    "highlevel",
    "highlevel-rsa",
    "paypal",
    "plaid",
    "sendgrid",
    "sns",
}
#: Those that sign any body, for a secret of base64.
OF_ANY_BODY = [name for name in Scheme.names() if name not in PARTICULAR | OF_PUBLIC_KEYS]
