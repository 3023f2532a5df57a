// What users write to watch receivers, in every host.

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import type { Inbox } from "countersign/inbox";
import {
  CONTENT_TYPE,
  type DeadLetter,
  judgedPath,
  Monitor,
  type MonitoredInbox,
  type MonitorLogEntry,
  type Snapshot,
  type StatusAnswer,
  statusFetchHandler,
  StatusPage,
  trace,
} from "countersign/monitor";
import { Receiver } from "countersign/receiver";

const receiver = new Receiver(new Webhook("github", "hush"));
const logged: MonitorLogEntry[] = [];
const monitor = new Monitor({ recent: 50, mostTypes: 20, log: (entry) => void logged.push(entry) })
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

export const watching = (inbox: Inbox): Monitor => monitor.attachInbox(inbox);

const page = new StatusPage(monitor, crypto.randomUUID(), { path: "/status", clock: () => Date.now() / 1e3 });
const status: (request: Request) => Promise<Response | null> = statusFetchHandler(page);
const receive = fetchHandler(receiver);
export const handle = async (request: Request): Promise<Response> => (await status(request)) ?? receive(request);

export async function read(): Promise<StatusAnswer> {
  const { receivers, recent, inbox }: Snapshot = await monitor.snapshot();
  receivers[0]?.latency.p95?.toFixed(3);
  recent[0]?.event_type?.length;
  inbox?.dead_letters?.[0]?.number.toFixed();
  const metrics: string = (await monitor.openmetrics()) + CONTENT_TYPE;
  const path = judgedPath("/status", "/status");
  const body = page.wantsBody("POST", path) ? new Uint8Array(StatusPage.bodyLimit) : undefined;
  return page.answer({ method: "POST", path, headers: [["cookie", metrics]], body, secure: true });
}

// @ts-expect-error a page has a token
new StatusPage(monitor);
// @ts-expect-error a receiver is a Receiver
monitor.watch(new Webhook("github", "hush"), "github");
// @ts-expect-error there is no global tracer
trace(receiver);
