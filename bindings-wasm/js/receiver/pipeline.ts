/** The checks of a request in their order, which is the same in every language. */

import { CountersignError } from "../errors.js";
import type { Event } from "../event.js";
import type { HandshakeReply } from "../handshake.js";
import type { Webhook } from "../webhook.js";
import { rateLimitKey } from "./address.js";
import { type Answer, eventAnswer, type Handling } from "./answer.js";
import { readBody } from "./body.js";
import { Claims } from "./claims.js";
import type { EventStore, InsertOptions } from "./event-store.js";
import type { Incoming } from "./incoming.js";
import { describeThrown } from "./outcome.js";
import { refusal } from "./refusal.js";
import type { Routes } from "./routes.js";
import type { Handler, Settings } from "./settings.js";
import type { Journal } from "./journal.js";
import { within } from "./timer.js";

const NOTHING = new Uint8Array(0);

/** How a request that was not refused ended. */
export interface Conclusion {
  readonly result: Handling | "handshake";
  readonly answer: Answer;
}

/** Works through one request. */
export class Pipeline {
  readonly #webhook: Webhook;
  readonly #routes: Routes<Handler>;
  readonly #settings: Settings;

  constructor(webhook: Webhook, routes: Routes<Handler>, settings: Settings) {
    this.#webhook = webhook;
    this.#routes = routes;
    this.#settings = settings;
  }

  /** @throws {@link CountersignError} of the first check that fails. */
  async run(incoming: Incoming, journal: Journal): Promise<Conclusion> {
    const intake = this.#checkHead(incoming);
    await this.#checkCaller(incoming, journal);
    const body = intake === "delivery" ? await this.#body(incoming) : NOTHING;
    if (intake === "handshake" || this.#webhook.hasUnsignedPosts) {
      const { headers, method, url } = incoming;
      const reply = this.#webhook.handshake(body, headers, { method, url });
      if (reply !== null) {
        return this.#agree(reply, journal);
      }
    }
    const event = await this.#event(incoming, body, journal);
    if (event.handshake !== null) {
      return this.#agree(event.handshake, journal);
    }
    this.#settings.schemas?.check(event.type, event.payload);
    const route = this.#routes.find(event.type);
    if (route === null) {
      return this.#concluded("ignored", event);
    }
    const { inbox } = this.#settings;
    return inbox === null
      ? this.#handle(route.target, event, incoming, journal)
      : this.#defer(inbox, event, journal);
  }

  /** The answer to a handshake, to which the program agrees where that is needed. */
  async #agree(reply: HandshakeReply, journal: Journal): Promise<Conclusion> {
    if (reply.needsConsent) {
      const { onHandshake } = this.#settings;
      let agrees: unknown = false;
      try {
        agrees = await onHandshake?.(reply);
      } catch (thrown) {
        journal.log("error", "the handler failed", "handler_failed", describeThrown(thrown));
        throw refusal("handler_failed");
      }
      if (agrees !== true) {
        throw refusal("handshake_refused");
      }
    }
    return { result: "handshake", answer: reply.answer };
  }

  #concluded(result: Handling, event: Event): Conclusion {
    return { result, answer: eventAnswer(result, event.id, event.type, this.#webhook.answerForm) };
  }

  #checkHead(incoming: Incoming): ReturnType<Webhook["checkHead"]> {
    const joined = (name: string) => {
      const values = incoming.header(name);
      return values.length === 0 ? null : values.join(", ");
    };
    const length = joined("content-length");
    const head = {
      method: incoming.method,
      contentType: joined("content-type"),
      contentEncoding: joined("content-encoding"),
      // What is no length tells nothing; the body is counted anyway.
      contentLength: length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null,
    };
    return this.#webhook.checkHead(head, this.#settings.bodyLimit);
  }

  async #checkCaller(incoming: Incoming, journal: Journal): Promise<void> {
    const { address, rateLimit, rateStore } = this.#settings;
    const { headerName } = address;
    const client = address.client(incoming.peer, headerName === null ? [] : incoming.header(headerName));
    address.check(client);
    if (rateLimit !== null) {
      await this.#claims(journal).ask(() => rateStore.admit(rateLimitKey(client, rateLimit), rateLimit));
    }
  }

  async #body(incoming: Incoming): Promise<Uint8Array> {
    const { bodyLimit, bodyTimeout } = this.#settings;
    const body = incoming.body();
    if (!(body instanceof Uint8Array)) {
      return readBody(body, bodyLimit, bodyTimeout);
    }
    if (body.length > bodyLimit) {
      throw refusal("payload_too_large", bodyLimit);
    }
    return body;
  }

  async #event(incoming: Incoming, body: Uint8Array, journal: Journal): Promise<Event> {
    const { clock, keys, origin } = this.#settings;
    const { method, headers } = incoming;
    const url = origin === null ? incoming.url : origin + incoming.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
    const context = { now: clock?.(), url, method };
    const verified =
      keys === null
        ? this.#webhook.verify(body, headers, context)
        : await keys.verify(this.#webhook, body, headers, context);
    journal.keyIndex = verified.keyIndex;
    const event = verified.event();
    journal.eventId = event.id;
    journal.eventType = event.type;
    return event;
  }

  async #handle(handler: Handler, event: Event, incoming: Incoming, journal: Journal): Promise<Conclusion> {
    const claims = this.#claims(journal);
    let token: string | null;
    try {
      token = await claims.claim(event.dedupeKey);
    } catch (error) {
      if (error instanceof CountersignError && error.code === "duplicate_event") {
        return this.#concluded("duplicate", event);
      }
      throw error;
    }
    const returned = attemptHandler(() => handler(event), journal);
    // A handler that blocks cannot be left alone, so the deadline is for those that are awaited.
    const succeeded = returned instanceof Promise ? returned : Promise.resolve(returned);
    const settled = succeeded.then((success) => claims.settle(event.dedupeKey, token, success));
    incoming.waitUntil?.(settled);
    const { deadline } = this.#settings;
    const inTime = returned instanceof Promise ? await within(deadline, succeeded, () => undefined) : returned;
    if (inTime === undefined) {
      throw refusal("handler_timeout");
    }
    await settled;
    if (!inTime) {
      throw refusal("handler_failed");
    }
    return this.#concluded("handled", event);
  }

  /**
   * Leaves the event to workers. What could not be stored is refused, whatever its owner chose for
   * the guards: it would be lost.
   */
  async #defer(inbox: EventStore, event: Event, journal: Journal): Promise<Conclusion> {
    const { wait } = this.#settings;
    const patience = new AbortController();
    let onAttempt: ((succeeded: boolean) => void) | undefined;
    const attempted = new Promise<boolean>((resolve) => (onAttempt = resolve));
    try {
      const options = wait > 0 ? { onAttempt, signal: patience.signal } : {};
      const stored = await this.#store(inbox, event, options, journal);
      if (stored === null) {
        return this.#concluded("duplicate", event);
      }
      if (wait === 0) {
        return this.#concluded("accepted", event);
      }
      const succeeded = await within(wait, attempted, () => false);
      return this.#concluded(succeeded ? "handled" : "pending", event);
    } finally {
      patience.abort();
    }
  }

  async #store(inbox: EventStore, event: Event, options: InsertOptions, journal: Journal): Promise<number | null> {
    try {
      return await inbox.insert(event, this.#webhook.schemeName, options);
    } catch (thrown) {
      journal.log("error", "the inbox failed", "store_unavailable", describeThrown(thrown));
      throw refusal("store_unavailable");
    }
  }

  #claims(journal: Journal): Claims {
    return new Claims(this.#settings, this.#webhook.dedupeLifetime, journal);
  }
}

/** Whether the handler succeeds; a promise of it, if it has to be awaited. */
function attemptHandler(handler: () => unknown, journal: Journal): boolean | Promise<boolean> {
  const failed = (thrown: unknown) => {
    journal.log("error", "the handler failed", "handler_failed", describeThrown(thrown));
    return false;
  };
  try {
    const returned = handler();
    const isThenable = typeof (returned as PromiseLike<unknown> | null | undefined)?.then === "function";
    return isThenable ? Promise.resolve(returned).then(() => true, failed) : true;
  } catch (thrown) {
    return failed(thrown);
  }
}
