/** A store of a sender in an SQL database. */

import { changes, type Database, lockedRows, type Row, rows, type Steps, type Value } from "../inbox/database.js";
import { after } from "../receiver/timer.js";
import type { Attempt } from "../retry.js";
import type { EndpointHealth } from "./health.js";
import type { Replay, ReplayFilter } from "./looking.js";
import { bytes, endpointOf, endpointValues, healthOf, healthValues, standingOf, waitingOf } from "./rows.js";
import { SqlForgetting } from "./sql-forgetting.js";
import { SqlLooking } from "./sql-looking.js";
import { SqlReplays } from "./sql-replays.js";
import type { Statements } from "./statements.js";
import type {
  Choice,
  Ended,
  EndpointRecord,
  OutgoingMessage,
  Pending,
  ReplayStep,
  Retention,
  SenderStore,
  Sent,
  Standing,
  StoredEndpoint,
  TakenDelivery,
  Taking,
} from "./store.js";

const PAGE = 500;
/** In bytes; PostgreSQL takes 8,000. */
const LONGEST_NOTIFICATION = 7_000;
/** In how many seconds to ask again for an endpoint that another sender is at. */
const BUSY = 0.05;

/** Programs in other languages share the tables: the core has them, and the statements. */
export class SqlSenderStore extends SqlLooking implements SenderStore {
  readonly #replays: SqlReplays;
  readonly #forgetting: SqlForgetting;
  /** The latest time of the database, at the start too: it may have been set back before. */
  #latest = Infinity;

  readonly #notify: string | null;

  /** @param notify The statement that tells other processes for which endpoints something waits, if there is one. */
  constructor(database: Database, notify: string | null = null) {
    super(database);
    this.#notify = notify;
    this.#replays = new SqlReplays(database, this.statements);
    this.#forgetting = new SqlForgetting(database, this.statements);
  }

  insert(messages: readonly OutgoingMessage[]): Promise<readonly (Sent | null)[]> {
    const insertOne = this.#inserted.bind(this);
    const notify = this.#notify;
    return this.database.transaction("store", function* (now) {
      const sent: (Sent | null)[] = [];
      const endpoints = new Set<number>();
      for (const message of messages) {
        sent.push(yield* insertOne(message, now, endpoints));
      }
      if (notify !== null && endpoints.size > 0) {
        const list = [...endpoints].join(",");
        yield* rows(notify, list.length > LONGEST_NOTIFICATION ? "" : list);
      }
      return sent;
    });
  }

  /** Adds the endpoints for which the message waits. */
  *#inserted(message: OutgoingMessage, now: number, endpoints: Set<number>): Steps<Sent | null> {
    const { id, idempotencyKey, type, payload, to } = message;
    const { send, deliver, publish, fan_out, sent } = this.statements;
    const values = [id, idempotencyKey, type, payload, now];
    let added: number;
    let delivered: number;
    if ("endpoint" in to) {
      if (to.register !== undefined) {
        yield* this.#registered(to.register, now);
      }
      added = yield* changes(send, ...values, to.endpoint);
      delivered = yield* changes(deliver, id, to.endpoint);
    } else {
      added = yield* changes(publish, ...values);
      delivered = yield* changes(fan_out, id, to.owner, type, type, type);
    }
    const found = yield* rows(sent, id, idempotencyKey);
    const waiting = delivered > 0 ? found.map((row) => row["endpoint"]).filter((endpoint) => endpoint !== null) : [];
    waiting.forEach((endpoint) => endpoints.add(Number(endpoint)));
    const [first] = found;
    return first === undefined ? null : { id: first["id"] as string, isNew: added + delivered > 0 };
  }

  *#registered(endpoint: EndpointRecord, now: number): Steps<void> {
    yield* changes(this.statements.add_endpoint, ...endpointValues(endpoint), now);
  }

  async putEndpoint(endpoint: EndpointRecord): Promise<void> {
    const { put_endpoint, unsubscribe, reorder, subscribe } = this.statements;
    const { id, subscriptions } = endpoint;
    await this.database.transaction("store", function* (now) {
      yield* changes(put_endpoint, ...endpointValues(endpoint), now);
      yield* changes(unsubscribe, id);
      yield* changes(reorder, now, now, id, id);
      for (const { beginning, isWhole } of subscriptions) {
        yield* changes(subscribe, beginning, Number(isWhole), id);
      }
    });
  }

  async putSecrets(id: string, secrets: readonly string[], version: number): Promise<boolean> {
    const { put_secrets: statement } = this.statements;
    const changed = await this.database.transaction("store", () =>
      changes(statement, JSON.stringify(secrets), id, version),
    );
    return changed === 1;
  }

  putHealth(id: string, health: EndpointHealth): Promise<boolean> {
    const { endpoint, put_health, block } = this.statements;
    return this.database.transaction("store", function* () {
      const [found] = yield* rows(endpoint, id);
      if (found === undefined) {
        return false;
      }
      const number = Number(found["number"]);
      yield* changes(put_health, ...healthValues(health), number);
      yield* changes(block, 0, number);
      return true;
    });
  }

  deleteEndpoint(id: string): Promise<boolean> {
    const { unsubscribe, delete_endpoint } = this.statements;
    return this.database.transaction("store", function* () {
      yield* changes(unsubscribe, id);
      return (yield* changes(delete_endpoint, id)) === 1;
    });
  }

  async endpoint(id: string): Promise<StoredEndpoint | null> {
    return (await this.#endpoints(this.statements.endpoint, id))[0] ?? null;
  }

  endpoints(startAfter: string, most: number): Promise<StoredEndpoint[]> {
    return this.#endpoints(this.statements.endpoints, startAfter, most);
  }

  #endpoints(statement: string, ...values: Value[]): Promise<StoredEndpoint[]> {
    const { subscriptions } = this.statements;
    return this.database.transaction("read", function* () {
      const endpoints: StoredEndpoint[] = [];
      for (const row of yield* rows(statement, ...values)) {
        endpoints.push(endpointOf(row, yield* rows(subscriptions, Number(row["number"]))));
      }
      return endpoints;
    });
  }

  async pending(): Promise<Pending[]> {
    const { pending: statement, set_blocks_back, set_clock_back } = this.statements;
    const found = await this.database.transaction("read", function* (now) {
      return { rows: yield* rows(statement, 0, Number.MAX_SAFE_INTEGER), now };
    });
    const { now } = found;
    if (now < this.#latest) {
      // What was due soon before the clock was set back shall be due soon, not that much later.
      await this.database.transaction("note", function* (later) {
        yield* changes(set_blocks_back, later, later);
        yield* changes(set_clock_back, later, later, later, later);
      });
    }
    this.#latest = now;
    return found.rows.map((row) => {
      // The second column has another name in each database.
      const [endpoint, due] = Object.values(row);
      return { endpoint: Number(endpoint), due: (Number(due) - now) / 1e3 };
    });
  }

  take(
    endpoint: number,
    most: number,
    lease: number,
    token: string,
    choose: (standing: Standing) => Choice,
  ): Promise<Taking> {
    const statements = this.statements;
    return this.database.transaction("note", function* (now) {
      const [row] = yield* rows(statements.endpoint_of_number, endpoint);
      if (row === undefined) {
        const buried = yield* changes(statements.bury, now, now, "deleted", endpoint, PAGE);
        return { endpoint: null, deliveries: [], next: buried > 0 ? 0 : null };
      }
      const [standing] = yield* lockedRows(statements.standing, endpoint);
      if (standing === undefined) {
        // Another sender is at it.
        return { endpoint: endpointOf(row, []), deliveries: [], next: BUSY };
      }
      const found = yield* lockedRows(statements.waiting, endpoint, most + 1);
      const messages = new Map(found.map((one) => [Number(one["number"]), Number(one["message"])]));
      // What it wants is asked of nobody here: the message is for it.
      const stored = endpointOf(row, []);
      const choice = choose(standingOf(standing, stored, found.map(waitingOf), now));
      if (choice.bury !== null) {
        yield* changes(statements.bury, now, now, choice.bury, endpoint, PAGE);
      }
      if (choice.pacedUntilUs !== null) {
        yield* changes(statements.pace, choice.pacedUntilUs, endpoint);
      }
      if (choice.unblock) {
        yield* changes(statements.block, 0, endpoint);
      }
      const deliveries: TakenDelivery[] = [];
      for (const { number, attempts, isReplay } of choice.take) {
        yield* changes(statements.take, after(now, lease), now, token, number);
        const [message] = yield* rows(statements.message, messages.get(number)!);
        deliveries.push({ number, endpoint, attempts, isReplay, token, ...messageOf(message!) });
      }
      const next = choice.nextMs === null ? null : Math.max(choice.nextMs - now, 0) / 1e3;
      return { endpoint: stored, deliveries, next };
    });
  }

  async renew(deliveries: readonly TakenDelivery[], lease: number): Promise<void> {
    const { renew } = this.statements;
    await this.database.transaction("note", function* (now) {
      for (const { number, token } of deliveries) {
        yield* changes(renew, after(now, lease), now, number, token);
      }
    });
  }

  async release(deliveries: readonly TakenDelivery[]): Promise<void> {
    const { release } = this.statements;
    await this.database.transaction("note", function* (now) {
      for (const { number, token } of deliveries) {
        yield* changes(release, now, now, number, token);
      }
    });
  }

  reclaim(held: readonly number[]): Promise<number> {
    const { expired, record, reclaim } = this.statements;
    return this.database.transaction("note", function* (now) {
      const found = yield* lockedRows(expired, now, PAGE + held.length);
      let count = 0;
      for (const row of found) {
        const number = Number(row["number"]);
        if (!held.includes(number)) {
          const attempt = Number(row["attempts"]) + 1;
          yield* changes(record, number, attempt, Number(row["noted_ms"]), 0, null, "interrupted", null);
          count += yield* changes(reclaim, now, now, number, now);
        }
      }
      return count;
    });
  }

  async settle(
    ended: readonly Ended[],
    observe: (health: EndpointHealth, tells: Attempt, now: number) => EndpointHealth,
  ): Promise<void> {
    const statements = this.statements;
    const telling = new Set(ended.filter(({ tells }) => tells !== null).map(({ delivery }) => delivery.endpoint));
    await this.database.transaction("note", function* (now) {
      // In the order of their numbers, so that nobody waits for each other for ever.
      for (const endpoint of [...telling].sort((one, other) => one - other)) {
        if ((yield* changes(statements.lock, endpoint)) === 0) {
          // It was deleted.
          telling.delete(endpoint);
        }
      }
      for (const one of ended) {
        yield* settleOne(statements, one, now);
        const { endpoint } = one.delivery;
        if (one.tells !== null && telling.has(endpoint)) {
          const [row] = yield* rows(statements.standing, endpoint);
          const before = healthOf(row!);
          const values = healthValues(observe(before, one.tells, now / 1e3));
          if (healthValues(before).some((value, place) => value !== values[place])) {
            yield* changes(statements.put_health, ...values, endpoint);
          }
        }
      }
    });
  }

  replay(numbers: readonly number[]): Promise<number> {
    const { replay_one: statement } = this.statements;
    return this.database.transaction("store", function* (now) {
      let count = 0;
      for (const number of numbers) {
        count += yield* changes(statement, 1, now, number);
      }
      return count;
    });
  }

  forget(retention: Retention): Promise<boolean> {
    return this.#forgetting.step(retention);
  }

  beginReplay(filter: ReplayFilter, perSecond: number): Promise<Replay> {
    return this.#replays.begin(filter, perSecond);
  }

  replays(most: number): Promise<Replay[]> {
    return this.#replays.latest(most);
  }

  cancelReplay(number: number): Promise<boolean> {
    return this.#replays.cancel(number);
  }

  stepReplays(): Promise<ReplayStep> {
    return this.#replays.step();
  }
}

function* settleOne(statements: Statements, ended: Ended, now: number): Steps<void> {
  const { delivery, verdict, atMs, duration, status, error, answer } = ended;
  const { number, endpoint, token } = delivery;
  const attempt = delivery.attempts + 1;
  const reason = verdict.state === "dead" ? verdict.reason : null;
  let due = now;
  if (verdict.state === "waiting") {
    due = after(now, verdict.delay);
    if (verdict.isFifo) {
      // It stays the first, and its endpoint is blocked.
      yield* changes(statements.block, due, endpoint);
      due = 0;
    }
  }
  yield* changes(statements.settle, verdict.state, attempt, due, now, reason, number, token);
  const microseconds = Math.round(duration * 1e6);
  yield* changes(statements.record, number, attempt, Math.floor(atMs), microseconds, status, error, answer);
}

function messageOf(row: Row): Pick<TakenDelivery, "messageId" | "type" | "payload"> {
  return { messageId: row["id"] as string, type: row["event_type"] as string, payload: bytes(row["payload"]) };
}
