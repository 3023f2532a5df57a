//! Handshakes: what providers ask before they deliver, what is answered, and what an attacker gets.
//!
//! A scheme says which one its provider has, as its [`Handshake`](crate::Handshake). Every host can
//! answer: [`Webhook::handshake`](crate::Webhook::handshake) is a function of a request that is not
//! signed, [`Event::handshake`](crate::Event::handshake) is there for one that is. Both give a
//! [`HandshakeReply`](crate::HandshakeReply). Receivers do all of this themselves.
//!
//! | Scheme | Request | Signed | Answer | Who can have it |
//! |---|---|---|---|---|
//! | `slack` | POST, type `url_verification` | yes | the `challenge`, as text | the provider |
//! | `zoom` | POST, event `endpoint.url_validation` | yes | `plainToken` and its HMAC, as JSON | the provider |
//! | `twitch` | POST, message type `webhook_callback_verification` | yes | the `challenge`, as text | the provider |
//! | (Discord's word) | POST, `type` 1 or 0 | yes | `{"type":1}`, or 204 | the provider |
//! | (Amazon SNS' word) | POST, `Type` `SubscriptionConfirmation` | yes | 200, with **consent** | whoever owns a topic |
//! | `meta` | GET, `hub.*` | verify token | `hub.challenge`, as text | who knows the token |
//! | `okta` | GET, `x-okta-verification-challenge` | token | `verification`, as JSON | who knows the token |
//! | `dropbox` | GET, `challenge` | no | the challenge, as text | anybody |
//! | `trello`, `mandrill`, `intercom` | HEAD | no | 200 | anybody |
//! | (a word for GET alone) | GET | no | 200 | anybody |
//! | `asana` | POST, `X-Hook-Secret` | no | the same header, with **consent** | anybody |
//! | `notion` | POST, `verification_token` | no | 200, with **consent** | anybody |
//! | `mailersend` | POST, type `webhook.test` | by a public secret | 200 | anybody |
//!
//! # What is sent back
//!
//! Up to 1024 visible ASCII characters, as `text/plain` with `nosniff` or within a JSON string, never
//! as a page: a link to a Dropbox endpoint would else run the script that stands in it. What is longer
//! or holds anything else is refused with `malformed_handshake` (400) or, of an event,
//! `malformed_field`. A wrong token is `handshake_refused` (403), after a comparison in constant time.
//!
//! # Consent
//!
//! Asana and Notion send the secret of all later deliveries in a request that nothing proves. Who
//! adopted it would believe the next one who asks. Amazon signs a confirmation for whoever subscribes
//! this endpoint to a topic of theirs. So these are refused, until the program says that it has just
//! asked for it: a receiver's `on_handshake` gets the reply and returns true. What it must see to is
//! that it does so only while a registration is pending, that it stores the secret durably, and that
//! the topic is the one it wants.
//!
//! Before a secret is known a webhook still needs one: pass a random secret that nobody has. Nothing
//! verifies by it.
//!
//! The URL that confirms a subscription is checked: HTTPS, a host of Amazon SNS
//! (`sns.<region>.amazonaws.com`, `.com.cn` in China), no port and no user. The program may GET it. An
//! `UnsubscribeConfirmation` is an event like others: to GET its URL would subscribe again.
//!
//! # Probes, and answers without a body
//!
//! HEAD and GET probes are answered before any secret is looked at, since some come before the
//! provider shows it, and after the address and the rate of the caller. Which methods are allowed
//! follows from the scheme, and is what a 405 says in `Allow`.
//!
//! Xero sends deliveries that are signed wrongly on purpose and wants 401 without a body: its scheme
//! answers so ([`AnswerForm::Empty`](crate::AnswerForm::Empty)). Others want 400 in place of 401
//! ([`AnswerForm::Described400`](crate::AnswerForm::Described400)).
