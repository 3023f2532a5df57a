/** Receivers and senders that a monitor watches, stores with dead letters, and a client for the status page. */

import { request as send } from "node:http";

import { Webhook } from "countersign";
import { StatusPage } from "countersign/monitor";
import { Receiver } from "countersign/receiver";

export const TOKEN = "the token of the tests";
export const PATH = "/webhooks/status";
export const BEARER = { authorization: `Bearer ${TOKEN}` };
export const FORM = "application/x-www-form-urlencoded";

/** A receiver that is told outcomes which no request can have. */
export class Source extends Receiver {
  #observers = [];

  constructor() {
    super(new Webhook("standard", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  }

  observe(observer) {
    this.#observers.push(observer);
    return this;
  }

  tell(parts = {}) {
    const outcome = {
      time: 1_700_000_000,
      status: 200,
      result: "handled",
      scheme: "standard",
      eventId: "msg_1",
      eventType: "invoice.paid",
      duration: 0.003,
      keyIndex: 0,
      ...parts,
    };
    this.#observers.forEach((observer) => observer(outcome));
  }
}

export function letter(number, id, type) {
  return { number, event: { id, type }, received: 1_700_000_000, attempts: 7, error: "RangeError" };
}

/** An inbox of dead letters. One that is `down` throws as a database throws. */
export class FakeInbox {
  constructor(...letters) {
    this.letters = new Map(letters.map((each) => [each.number, each]));
    this.replayed = [];
    this.down = false;
  }

  counts() {
    this.#ask();
    return { waiting: this.replayed.length, dead: this.letters.size };
  }

  deadLetters() {
    this.#ask();
    return this.letters.values();
  }

  /** Replays what was handled, too, as inboxes do. */
  replay(number) {
    this.#ask();
    this.letters.delete(number);
    this.replayed.push(number);
    return 1;
  }

  #ask() {
    if (this.down) {
      throw new RangeError("secret host name");
    }
  }
}

/** The same inbox, whose answers are promises. */
export class SlowInbox extends FakeInbox {
  async counts() {
    return super.counts();
  }

  async deadLetters(which) {
    return [...super.deadLetters()].slice(0, which.limit);
  }

  async replay(number) {
    return super.replay(number);
  }
}

export function deadDelivery(number, messageId, type) {
  const sent = { created: 1_700_000_000, attempts: 7, endpoint: "customer-7", reason: "exhausted" };
  return { number, messageId, type, ...sent };
}

/** A sender whose outbox has dead letters. One that is `down` throws as a database throws. */
export class FakeSender {
  #observers = [];

  constructor(...letters) {
    this.letters = new Map(letters.map((each) => [each.number, each]));
    this.replayed = [];
    this.down = false;
  }

  observe(observer) {
    this.#observers.push(observer);
  }

  tell(parts = {}) {
    const attempt = { endpoint: "customer-7", verdict: "delivered", status: 200, error: null, duration: 0.003, ...parts };
    this.#observers.forEach((observer) => observer(attempt));
  }

  standings() {
    this.#ask();
    const availability = { state: "circuit_open", until: 1_700_000_030, reason: null };
    const counts = { waiting: this.replayed.length, running: 1, dead: this.letters.size };
    return [{ id: "customer-7", availability, health: { failures: 12 }, ...counts }];
  }

  replays() {
    this.#ask();
    return [{ number: 3, created: 1_700_000_000, state: "running", total: 10, replayed: 4, perSecond: 50 }];
  }

  latestAttempts() {
    this.#ask();
    const made = { delivery: 9, attempt: 2, at: 1_700_000_000.5, duration: 0.25, status: null, error: "timeout" };
    return [{ ...made, endpoint: "customer-7", messageId: "msg_9", type: "invoice.paid" }];
  }

  deadLetters() {
    this.#ask();
    return this.letters.values();
  }

  /** Replays what was delivered, too, as senders do. */
  replay(number) {
    this.#ask();
    this.letters.delete(number);
    this.replayed.push(number);
    return 1;
  }

  #ask() {
    if (this.down) {
      throw new RangeError("secret host name");
    }
  }
}

/** The same sender, whose answers are promises. */
export class SlowSender extends FakeSender {
  async standings() {
    return super.standings();
  }

  async replays() {
    return super.replays();
  }

  async latestAttempts() {
    return super.latestAttempts();
  }

  async deadLetters(which) {
    return [...super.deadLetters()].slice(0, which.limit);
  }

  async replay(number) {
    return super.replay(number);
  }
}

/** Asks a page as a server does: status, headers by name, body. */
export function client(monitor, options) {
  const page = options instanceof StatusPage ? options : new StatusPage(monitor, TOKEN, options);
  return async (method, path, headers = {}, body = "", more = {}) => {
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    const bytes = Buffer.from(body);
    const answer = await page.answer({ method, path, headers: pairs, body: bytes, ...more });
    return { status: answer.status, headers: new Map(answer.headers), body: answer.body };
  };
}

/** The cookie of a session that has begun. */
export async function logIn(ask) {
  const body = new URLSearchParams({ token: TOKEN }).toString();
  const reply = await ask("POST", `${PATH}/login`, { "content-type": FORM }, body);
  return reply.headers.get("set-cookie").split(";")[0];
}

/** Sends requests to the letter over a connection: nothing is escaped, resolved or followed. */
export function connected(port) {
  return (method, path, headers = {}, body = "") =>
    new Promise((resolve, reject) => {
      const sent = send({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => (text += piece));
        response.on("end", () => {
          const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({ status: response.statusCode, headers: new Map(flat), body: text });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
}
