// What users of the sender write: each statement must compile under the strictest settings.

import { Validator } from "@cfworker/json-schema";
import { RetryPolicy, Scheme, Webhook } from "countersign";
import {
  DestinationRules,
  DurableObjectSenderStore,
  HEALTHY,
  HealthPolicy,
  MemorySenderStore,
  PostgresSenderStore,
  Sender,
  SqliteSenderStore,
  chooseNext,
  writePayload,
} from "countersign/sender";
import type {
  Attempted,
  AttemptOutcome,
  Availability,
  AvailableEndpoint,
  Choice,
  DeliveryFilter,
  DeliveryState,
  Destination,
  DestinationRulesOptions,
  DisableReason,
  DurableObjectSqlStorage,
  Endpoint,
  EndpointHealth,
  HealthPolicyOptions,
  LatestAttempt,
  Next,
  PostgresPool,
  PublishOptions,
  RegisteredEndpoint,
  Replay,
  ReplayFilter,
  SenderLogEntry,
  SenderOptions,
  SenderStore,
  SendOptions,
  Sent,
  SqliteDatabase,
  Standing,
  StoredDelivery,
  Turn,
} from "countersign/sender";

const healthOptions: HealthPolicyOptions = {
  circuitFailures: false,
  circuitPauses: [30, 1800],
  throttlePauses: [1, 60],
  retryAfterCap: 3600,
  disableAfter: 432_000,
  disableFailures: null,
  retryStatuses: new Set([404]),
};
const policy = new HealthPolicy(healthOptions);
const health: EndpointHealth = policy.observe(HEALTHY, { status: 503, retryAfter: "30" });
policy.observe({ ...health, openings: 0 }, { status: null, forbidden: true, now: 1, entropy: 0 });
const availability: Availability = policy.availability(health, 1);
const reason: DisableReason | null = availability.reason ?? health.disabled;
const until: number | null = availability.state === "throttled" ? availability.until : null;
// @ts-expect-error: what is known is not changed in place
health.failures = 1;
// @ts-expect-error: true is no number of failures
new HealthPolicy({ circuitFailures: true });
// @ts-expect-error: there are two pauses
new HealthPolicy({ circuitPauses: [1] });

const rulesOptions: DestinationRulesOptions = { allowHttp: true, allow: ["10.0.0.0/8"] };
const destination: Destination = new DestinationRules(rulesOptions).parse("https://example.com/in");
const host: string = destination.host;
const port: number = destination.port;
const address: string | null = destination.address;
new DestinationRules().check([address ?? "192.0.2.1"]);
if (RetryPolicy.standard().decide(1, { status: null, forbidden: true }).reason === "forbidden") {
  console.log(reason, until, host, port);
}

declare const database: SqliteDatabase;
declare const pool: PostgresPool;
declare const storage: DurableObjectSqlStorage;
const stores: SenderStore[] = [
  new MemorySenderStore(),
  new MemorySenderStore({ clock: Date.now }),
  new SqliteSenderStore(database),
  new PostgresSenderStore(pool, { timeout: 5 }),
  new DurableObjectSenderStore(storage, Date.now),
];
const senderOptions: SenderOptions = {
  store: stores[0]!,
  webhook: new Webhook("standard", "whsec_aGVsbG8=", { everySecretSigns: true }),
  schemes: [Scheme.named("github")],
  retryPolicy: RetryPolicy.standard(),
  healthPolicy: policy,
  timeouts: { firstByte: 5, total: null },
  concurrency: 8,
  endpointConcurrency: 2,
  lease: 60,
  poll: 0.5,
  payloadLimit: 1024,
  retention: { delivered: 60 },
  schemas: { "invoice.*": { type: "object" } },
  validator: Validator,
  fetch,
  resolve: async (name: string) => [name],
  clock: () => Date.now(),
  random: Math.random,
  log: ({ level, code, endpoint }: SenderLogEntry) => console.log(level, code, endpoint),
};
const endpoint: Endpoint = {
  id: "customer-7",
  url: "https://example.com/in",
  owner: "c7",
  scheme: "standard",
  secrets: ["whsec_aGVsbG8="],
  eventTypes: new Set(["invoice.*"]),
  concurrency: 2,
  perSecond: 0.5,
  retryPolicy: RetryPolicy.exponential(1, 3),
  fifo: true,
  timeouts: { total: 10 },
  headers: { "x-tenant": "7" },
  allowHttp: false,
  allowNetworks: ["10.0.0.0/8"],
};
const sendOptions: SendOptions = { id: "msg_1", idempotencyKey: null };
const publishOptions: PublishOptions = { ...sendOptions, owner: "c7" };
const filter: DeliveryFilter = { state: "dead", endpoint: "customer-7", limit: 5 };

async function send(): Promise<void> {
  const sender = new Sender(senderOptions);
  await sender.putEndpoint(endpoint);
  const sent: Sent = await sender.send("customer-7", "invoice.paid", { id: 7 }, sendOptions);
  await sender.publish("invoice.paid", [sent.id, sent.isNew], publishOptions);
  const wait: number | null = await sender.deliverDue();
  sender.start();
  const hasEnded: boolean = await sender.stop(5);
  const known: RegisteredEndpoint | null = await sender.endpoint("customer-7");
  const state: DeliveryState | undefined = (await sender.deliveries(filter))[0]?.state;
  const dead: readonly StoredDelivery[] = await sender.deadLetters({ reason: "exhausted" });
  const attempts: readonly Attempted[] = await sender.attempts(dead[0]?.number ?? 1);
  const replayed: number = (await sender.replay(1)) + (await sender.replay({ type: "ping" }));
  await sender.rotateSecret("customer-7", "whsec_aGVsbG8=");
  console.log(wait, hasEnded, known?.health.failures, state, attempts[0]?.status, replayed);
  sender.observe(({ endpoint: id, verdict, status, error, duration }: AttemptOutcome) => {
    console.log(id, verdict, status?.toFixed(), error, duration.toFixed(3));
  });
  const standings: AvailableEndpoint[] = await sender.standings({ limit: 5 });
  const latest: readonly LatestAttempt[] = await sender.latestAttempts();
  console.log(standings[0]?.availability.state, standings[0]?.health.failures, latest[0]?.messageId);
  const wanted: ReplayFilter = { endpoint: "customer-7", since: 1_700_000_000 };
  const replay: Replay = await sender.replayAll(wanted, { perSecond: 50 });
  const isEnded: boolean = await sender.cancelReplay(replay.number);
  console.log(isEnded, (await sender.replays({ limit: 5 }))[0]?.state === "done");
  // @ts-expect-error: a replay of many has a pace
  await sender.replayAll({});
  // @ts-expect-error: an endpoint has a URL
  await sender.putEndpoint({ id: "a" });
  // @ts-expect-error: there is no such state
  await sender.deliveries({ state: "lost" });
  // @ts-expect-error: something keeps the messages
  new Sender({});
}
void send;

const turn: Turn = {
  availability,
  running: 0,
  blockedUntilMs: 0,
  pacedUntilUs: 0,
  waiting: [{ dueMs: 1_000, isReplay: false }],
  isFifo: false,
  perSecond: null,
  room: 5,
  nowMs: 2_000,
};
const next: Next = chooseNext(turn);
console.log(next.taken[0], next.buries, next.nextMs, next.pacedUntilUs, next.unblocks);
// @ts-expect-error: without a clock nothing is due
chooseNext({ ...turn, nowMs: undefined });

/** A store of one's own decides nothing: it asks what is to be taken. */
export function chosen(standing: Standing, choose: (standing: Standing) => Choice): readonly number[] {
  return choose(standing).take.map(({ number }) => number);
}
const payload: string = writePayload("msg_1", "invoice.paid", "{}", null);
// @ts-expect-error: data is JSON as text
writePayload(payload, "invoice.paid", {});
