/** What is in an SQL database, for those who look. */

import { type Database, type Row, rows, type Value } from "../inbox/database.js";
import type {
  Attempted,
  DeliveryFilter,
  DeliveryState,
  EndpointStanding,
  LatestAttempt,
  StoredDelivery,
} from "./looking.js";
import { attemptOf, bytes, conditionsOf, deliveryOf, endpointStandingOf, latestAttemptOf } from "./rows.js";
import { onDeliveries, outboxStatements, type Statements } from "./statements.js";

/** Changes nothing. */
export abstract class SqlLooking {
  /** @internal */
  protected readonly database: Database;
  /** @internal */
  protected readonly statements: Statements = outboxStatements();

  constructor(database: Database) {
    this.database = database;
  }

  async deliveries(filter: DeliveryFilter): Promise<StoredDelivery[]> {
    const { statement, values } = onDeliveries("deliveries", conditionsOf(filter));
    return (await this.read(statement, ...values, filter.limit ?? 100)).map(deliveryOf);
  }

  async delivery(number: number): Promise<StoredDelivery | null> {
    const [row] = await this.read(this.statements.delivery, number);
    return row === undefined ? null : deliveryOf(row);
  }

  async attempts(number: number, most: number): Promise<Attempted[]> {
    return (await this.read(this.statements.attempts, number, most)).map(attemptOf);
  }

  async payload(messageId: string): Promise<Uint8Array | null> {
    const [row] = await this.read(this.statements.payload, messageId);
    return row === undefined ? null : bytes(row["payload"]);
  }

  async counts(): Promise<Record<DeliveryState, number>> {
    const counts = { waiting: 0, running: 0, delivered: 0, dead: 0 };
    for (const row of await this.read(this.statements.counts)) {
      const [, state, count] = Object.values(row) as [unknown, DeliveryState, unknown];
      counts[state] += Number(count);
    }
    return counts;
  }

  async standings(most: number): Promise<EndpointStanding[]> {
    return (await this.read(this.statements.standings, most)).map(endpointStandingOf);
  }

  async latestAttempts(most: number): Promise<LatestAttempt[]> {
    return (await this.read(this.statements.latest_attempts, most)).map(latestAttemptOf);
  }

  /** @internal */
  protected read(statement: string, ...values: Value[]): Promise<readonly Row[]> {
    return this.database.transaction("read", () => rows(statement, ...values));
  }
}
