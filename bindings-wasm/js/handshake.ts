import { type Answer, parseAnswer } from "./answer.js";

/**
 * The answer to a handshake, and what it hands to the program.
 *
 * A handshake that hands something over can come from anybody: a secret from an unsigned request, or a
 * subscription to somebody else's topic. So the program must agree where `needsConsent` is true, which
 * it does when it has just asked the provider for it and not otherwise. Without consent answer 403.
 */
export interface HandshakeReply {
  /** What the provider expects, once the program agrees where its consent is needed. */
  readonly answer: Answer;
  /** Whether the program must agree before this is answered. */
  readonly needsConsent: boolean;
  /**
   * The secret that is to verify later deliveries, or `null`. The request that brought it is unsigned:
   * take it only while a registration that this program began is pending, and never in place of one.
   */
  readonly secret: string | null;
  /** The URL to GET, which makes the subscription to `topic`, or `null`. That it is Amazon's was checked. */
  readonly confirmationUrl: string | null;
  /**
   * The ARN of the topic whose subscription is to be confirmed, or `null`. Anybody can subscribe this
   * endpoint to a topic of theirs, with Amazon's own signature: confirm those that are expected.
   */
  readonly topic: string | null;
}

/** The reply that the core describes. */
export function parseReply(text: string): HandshakeReply {
  const [consent, secret, confirmationUrl, topic, ...answer] = text.split("\n");
  return {
    answer: parseAnswer(answer.join("\n")),
    needsConsent: consent !== "",
    secret: secret || null,
    confirmationUrl: confirmationUrl || null,
    topic: topic || null,
  };
}
