/** A worker whose outbox is in a Durable Object. */

import { RetryPolicy } from "countersign";
import { Monitor, statusFetchHandler, StatusPage } from "countersign/monitor";
import { DurableObjectSenderStore, Sender } from "countersign/sender";

export class Outbox {
  constructor(ctx) {
    this.ctx = ctx;
    this.sender = new Sender({
      store: new DurableObjectSenderStore(ctx.storage),
      retryPolicy: RetryPolicy.exponential(0.2, 3),
      log: null,
    });
    this.status = statusFetchHandler(new StatusPage(new Monitor().attachSender(this.sender), "the token of the tests"));
  }

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const target = searchParams.get("to");
    if (pathname === "/put") {
      const allowed = { allowHttp: true, allowNetworks: ["127.0.0.0/8"] };
      await this.sender.putEndpoint({ id: "a", url: target, secrets: searchParams.get("secret"), ...allowed });
      return Response.json(null);
    }
    if (pathname === "/send") {
      const sent = await this.sender.send("a", "ping", { n: 7 }, { id: searchParams.get("id") });
      await this.ctx.storage.setAlarm(Date.now());
      return Response.json(sent);
    }
    const shown = await this.status(request);
    if (shown !== null) {
      return shown;
    }
    if (pathname === "/replay-all") {
      const { total } = await this.sender.replayAll({}, { perSecond: 100 });
      await this.ctx.storage.setAlarm(Date.now());
      return Response.json(total);
    }
    if (pathname === "/replay") {
      const replayed = await this.sender.replay({});
      await this.ctx.storage.setAlarm(Date.now());
      return Response.json(replayed);
    }
    const [delivery] = await this.sender.deliveries();
    const attempts = await this.sender.attempts(delivery.number);
    return Response.json({
      counts: await this.sender.counts(),
      statuses: attempts.map(({ status }) => status),
      answer: new TextDecoder().decode(attempts[0]?.answer ?? undefined),
    });
  }

  async alarm() {
    const wait = await this.sender.deliverDue();
    if (wait !== null) {
      await this.ctx.storage.setAlarm(Date.now() + wait * 1e3);
    }
  }
}

export default {
  fetch: (request, { OUTBOX }) => OUTBOX.get(OUTBOX.idFromName("all")).fetch(request),
};
