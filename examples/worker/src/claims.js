// Claims on deliveries that all isolates share, in Durable Objects: one for each dedupe key.

import { DurableObject } from "cloudflare:workers";
import { decideClaim, storeRefusal } from "countersign/receiver";

const HELD = "held";

/** The claim on one key. A Durable Object exists once in the world: isolates ask it in turn. */
export class Claims extends DurableObject {
  /** Takes the key for this token: `null`, or why not. */
  async claim(token, lease) {
    // Nothing else reaches the object between this reading and the writing that follows it.
    const held = await this.ctx.storage.get(HELD);
    const now = Date.now();
    try {
      decideClaim(held ?? null, now);
    } catch ({ code, retryAfter }) {
      // Of an error, only the text crosses over to the caller.
      return { code, retryAfter };
    }
    await this.#hold({ state: "in progress", token, untilMs: now + lease * 1e3 });
    return null;
  }

  async complete(token, lifetime) {
    await this.#hold({ state: "handled", token, untilMs: Date.now() + lifetime * 1e3 });
  }

  async release(token) {
    const held = await this.ctx.storage.get(HELD);
    if (held?.state === "in progress" && held.token === token) await this.#forget();
  }

  /** The key is needed no longer. */
  async alarm() {
    const held = await this.ctx.storage.get(HELD);
    if (held !== undefined && held.untilMs > Date.now()) {
      await this.ctx.storage.setAlarm(held.untilMs);
    } else {
      await this.#forget();
    }
  }

  async #hold(held) {
    await this.ctx.storage.put(HELD, held);
    await this.ctx.storage.setAlarm(held.untilMs);
  }

  async #forget() {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }
}

/** The option `replay` of a receiver, over the binding of {@link Claims}. */
export class DurableReplayStore {
  #namespace;

  constructor(namespace) {
    this.#namespace = namespace;
  }

  async claim(key, lease) {
    const token = crypto.randomUUID();
    const refused = await this.#of(key).claim(token, lease);
    if (refused !== null) throw storeRefusal(refused.code, refused.retryAfter ?? 0);
    return token;
  }

  complete(key, token, lifetime) {
    return this.#of(key).complete(token, lifetime);
  }

  release(key, token) {
    return this.#of(key).release(token);
  }

  #of(key) {
    return this.#namespace.get(this.#namespace.idFromName(key));
  }
}
