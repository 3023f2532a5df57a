// The outbox: a Durable Object that keeps messages and delivers them.

import { DurableObject } from "cloudflare:workers";
import { CountersignError, RetryPolicy } from "countersign";
import { Monitor, statusFetchHandler, StatusPage } from "countersign/monitor";
import { DurableObjectSenderStore, Sender } from "countersign/sender";

/** A Durable Object exists once in the world, so that no message has two senders. */
export class Outbox extends DurableObject {
  #sender = new Sender({
    store: new DurableObjectSenderStore(this.ctx.storage),
    retryPolicy: this.env.RETRY_SECONDS
      ? RetryPolicy.exponential(Number(this.env.RETRY_SECONDS), 3)
      : RetryPolicy.standard(),
  });

  /** The page is of the object, which alone sees what is sent. */
  #status = this.env.STATUS_TOKEN
    ? statusFetchHandler(
        new StatusPage(new Monitor().attachSender(this.#sender), this.env.STATUS_TOKEN, { path: "/status" }),
      )
    : () => null;

  /** Shows the status page to whoever has its token. */
  async fetch(request) {
    const answer = await this.#status(request);
    // Somebody may have had a dead letter delivered again.
    if (request.method === "POST") await this.#wake(0);
    return answer ?? new Response("Not Found", { status: 404 });
  }

  /** Registers an endpoint: `null`, or the code of what is wrong with it. */
  async putEndpoint({ id, url, secret, eventTypes }) {
    // What runs on the local machine is tried with endpoints there.
    const local = this.env.ALLOW_LOCAL ? { allowHttp: true, allowNetworks: ["127.0.0.0/8"] } : {};
    return refusal(() => this.#sender.putEndpoint({ id, url, secrets: secret, eventTypes, ...local }));
  }

  /** Commits an event to whoever wants it: `null`, or the code of what is wrong with it. */
  async publish({ type, data }, key) {
    const refused = await refusal(() => this.#sender.publish(type, data, { idempotencyKey: key }));
    await this.#wake(0);
    return refused;
  }

  /** The last deliveries, with the statuses of their attempts. */
  async deliveries() {
    const deliveries = await this.#sender.deliveries();
    return Promise.all(
      deliveries.map(async ({ number, messageId, type, endpoint, state, reason }) => {
        const attempts = await this.#sender.attempts(number);
        const statuses = attempts.map(({ status, error }) => status ?? error).reverse();
        return { id: messageId, type, endpoint, state, reason, attempts: statuses };
      }),
    );
  }

  /** Has all dead letters delivered once more; how many they are. */
  async replay() {
    const replayed = await this.#sender.replay({});
    await this.#wake(0);
    return replayed;
  }

  /** An object sleeps between requests, so that an alarm wakes it for what is due. */
  async alarm() {
    const wait = await this.#sender.deliverDue();
    if (wait !== null) await this.#wake(wait);
  }

  async #wake(seconds) {
    const at = Date.now() + seconds * 1e3;
    const planned = await this.ctx.storage.getAlarm();
    if (planned === null || at < planned) await this.ctx.storage.setAlarm(at);
  }
}

/** Of an error, only the text crosses over to the caller. */
async function refusal(action) {
  try {
    await action();
    return null;
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}
