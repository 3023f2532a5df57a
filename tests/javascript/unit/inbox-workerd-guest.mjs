/** A worker whose inbox is in a Durable Object. */

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import { DurableObjectInbox, Workers } from "countersign/inbox";
import { Receiver } from "countersign/receiver";

export class Hooks {
  runs = [];

  constructor(ctx) {
    this.ctx = ctx;
    this.inbox = new DurableObjectInbox(ctx.storage);
    this.receiver = new Receiver(new Webhook("sha256", "hush"), { inbox: this.inbox, log: null });
    this.receiver.on("*", async ({ id, data }) => {
      this.runs.push(id);
      if (data.fails >= this.runs.filter((run) => run === id).length) {
        throw new RangeError();
      }
    });
    this.workers = new Workers(this.receiver, this.inbox);
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/state") {
      const events = (await this.inbox.events()).map(({ event: { id, type, data }, state, attempts, error }) => {
        return { id, type, data, state, attempts, error };
      });
      return Response.json({ counts: await this.inbox.counts(), events, runs: this.runs });
    }
    if (pathname === "/replay") {
      const replayed = await this.inbox.replay(1);
      await this.ctx.storage.setAlarm(Date.now());
      return Response.json({ replayed });
    }
    if (pathname === "/purge") {
      return Response.json({ purged: await this.inbox.purge("handled", 0), isMore: await this.inbox.forget() });
    }
    const response = await fetchHandler(this.receiver)(request);
    await this.ctx.storage.setAlarm(Date.now());
    return response;
  }

  async alarm() {
    const wait = await this.workers.handleDue();
    if (wait !== null) {
      await this.ctx.storage.setAlarm(Date.now() + wait * 1e3);
    }
  }
}

export default {
  fetch: (request, { HOOKS }) => HOOKS.get(HOOKS.idFromName("all")).fetch(request),
};
