// What users write to watch receivers and senders, in every host.

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import type { Inbox } from "countersign/inbox";
import {
  CONTENT_TYPE,
  type DeadLetter,
  judgedPath,
  Monitor,
  type MonitoredAttempt,
  type MonitoredDelivery,
  type MonitoredEndpoint,
  type MonitoredInbox,
  type MonitoredReplay,
  type MonitoredSender,
  type MonitorLogEntry,
  type ObservedAttempt,
  type Snapshot,
  type StatusAnswer,
  statusFetchHandler,
  StatusPage,
  trace,
} from "countersign/monitor";
import { Receiver } from "countersign/receiver";
import { MemorySenderStore, Sender } from "countersign/sender";

const receiver = new Receiver(new Webhook("github", "hush"));
const logged: MonitorLogEntry[] = [];
const monitor = new Monitor({ recent: 50, mostTypes: 20, mostEndpoints: 20, log: (entry) => void logged.push(entry) })
  .watch(receiver, "github")
  .attachInbox({ counts: () => ({ dead: 0 }), deadLetters: () => [], replay: () => 0 });
new Monitor({ log: null });

class OwnInbox implements MonitoredInbox {
  async counts(): Promise<Record<"waiting" | "dead", number>> {
    return { waiting: 0, dead: 1 };
  }

  async deadLetters({ limit }: { limit: number }): Promise<DeadLetter[]> {
    const event = { id: null, type: "push" };
    return [{ number: 1, event, received: 1_700_000_000, attempts: 3, error: "TypeError" }].slice(0, limit);
  }

  async replay(number: number): Promise<number> {
    return number;
  }
}
monitor.attachInbox(new OwnInbox()).inbox?.counts();

monitor.attachSender(new Sender({ store: new MemorySenderStore() }));

class OwnSender implements MonitoredSender {
  observe(observer: (attempt: ObservedAttempt) => void): void {
    observer({ endpoint: "a", verdict: "delivered", status: 204, error: null, duration: 0.1 });
  }

  standings(): MonitoredEndpoint[] {
    const availability = { state: "ready", until: null, reason: null } as const;
    return [{ id: "a", availability, health: { failures: 0 }, waiting: 0, running: 0, dead: 0 }];
  }

  async replays(): Promise<MonitoredReplay[]> {
    return [];
  }

  *latestAttempts(): Iterable<MonitoredAttempt> {
    const made = { delivery: 1, attempt: 1, at: 1_700_000_000, duration: 0.1, status: 204, error: null };
    yield { ...made, endpoint: "a", messageId: "msg_1", type: "ping" };
  }

  async deadLetters({ limit }: { limit: number }): Promise<MonitoredDelivery[]> {
    const letter = { created: 1_700_000_000, attempts: 3, endpoint: null, reason: "exhausted" };
    return [{ ...letter, number: 1, messageId: "msg_1", type: "ping" }].slice(0, limit);
  }

  replay(number: number): number {
    return number;
  }
}
monitor.attachSender(new OwnSender()).sender?.standings({ limit: 1 });

export const watching = (inbox: Inbox): Monitor => monitor.attachInbox(inbox);

const page = new StatusPage(monitor, crypto.randomUUID(), { path: "/status", clock: () => Date.now() / 1e3 });
const status: (request: Request) => Promise<Response | null> = statusFetchHandler(page);
const receive = fetchHandler(receiver);
export const handle = async (request: Request): Promise<Response> => (await status(request)) ?? receive(request);

export async function read(): Promise<StatusAnswer> {
  const { receivers, recent, inbox, outbox }: Snapshot = await monitor.snapshot();
  receivers[0]?.latency.p95?.toFixed(3);
  recent[0]?.event_type?.length;
  inbox?.dead_letters?.[0]?.number.toFixed();
  outbox?.endpoints?.[0]?.latency.p99?.toFixed(outbox.replays?.[0]?.per_second);
  outbox?.attempts?.[0]?.status?.toFixed(outbox.dead_letters?.[0]?.attempts);
  const metrics: string = (await monitor.openmetrics()) + CONTENT_TYPE;
  const path = judgedPath("/status", "/status");
  const body = page.wantsBody("POST", path) ? new Uint8Array(StatusPage.bodyLimit) : undefined;
  return page.answer({ method: "POST", path, headers: [["cookie", metrics]], body, secure: true });
}

// @ts-expect-error a page has a token
new StatusPage(monitor);
// @ts-expect-error a receiver is a Receiver
monitor.watch(new Webhook("github", "hush"), "github");
// @ts-expect-error a sender tells of its endpoints
monitor.attachSender({ observe: () => {}, replay: () => 0 });
// @ts-expect-error there is no global tracer
trace(receiver);
