//! What Rust must satisfy: the corpus, known answers, properties, allocation and timing.
//!
//! The library reads the corpus (`tests/vectors`) and runs it on the core; the program
//! `conformance` reports on it, and the tests of this crate lie in `tests/tests`.

pub mod corpus;
pub mod runner;

/// The Rust examples of the project's README, which run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The Rust examples of the recipes, and of the page on descriptions.
#[cfg(doctest)]
#[doc = include_str!("../../docs/recipes/stripe.md")]
#[doc = include_str!("../../docs/recipes/github.md")]
#[doc = include_str!("../../docs/recipes/slack.md")]
#[doc = include_str!("../../docs/recipes/shopify.md")]
#[doc = include_str!("../../docs/recipes/twilio.md")]
#[doc = include_str!("../../docs/recipes/whatsapp.md")]
#[doc = include_str!("../../docs/recipes/zoom.md")]
#[doc = include_str!("../../docs/recipes/hubspot.md")]
#[doc = include_str!("../../docs/recipes/square.md")]
#[doc = include_str!("../../docs/recipes/linear.md")]
#[doc = include_str!("../../docs/recipes/discord.md")]
#[doc = include_str!("../../docs/recipes/sendgrid.md")]
#[doc = include_str!("../../docs/recipes/paypal.md")]
#[doc = include_str!("../../docs/recipes/sns.md")]
#[doc = include_str!("../../docs/describe-your-own-scheme.md")]
pub struct Pages;
