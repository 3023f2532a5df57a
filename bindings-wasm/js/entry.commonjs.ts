/**
 * All entries as one module, so that they share the classes and the instances. The receiver's
 * instance is made when the receiver is asked for, by `receiver.cjs`; the monitor's, the sender's, that
 * of public keys and that of reports by `monitor.cjs`, `sender.cjs`, `asymmetric.cjs` and `explain.cjs`,
 * which have their bytes, too. `testing.cjs` has the samples.
 */

import "./init.js";
import * as asymmetricGlue from "./asymmetric/glue.js";
import { compile } from "./compile.js";
import { start as startExplainModule } from "./explain/core.js";
import { start as startInstance } from "./instance.js";
import { start as startMonitorModule } from "./monitor/core.js";
import { start as startSenderModule } from "./sender/core.js";
import { start } from "./receiver/core.js";
import { type Sample, provide } from "./sample.js";
import receiverBytes from "./receiver-bytes.js";

export * as asymmetric from "./asymmetric/index.js";
export * as explain from "./explain/index.js";
export * as express from "./adapters/express.js";
export * as fastify from "./adapters/fastify.js";
export * as fetch from "./adapters/fetch.js";
export * as inbox from "./inbox/index.js";
export * as index from "./index.js";
export * as monitor from "./monitor/index.js";
export * as node from "./adapters/node.js";
export * as receiver from "./receiver/index.js";
export * as sender from "./sender/index.js";
export * as testing from "./testing.js";

export function startReceiver(): void {
  start(compile(receiverBytes));
}

export function startAsymmetric(base64: string): void {
  startInstance("asymmetric", compile(base64), asymmetricGlue);
}

export function startMonitor(base64: string): void {
  startMonitorModule(compile(base64));
}

export function startSender(base64: string): void {
  startSenderModule(compile(base64));
}

export function startExplain(base64: string): void {
  startExplainModule(compile(base64));
}

export function startTesting(samples: readonly Sample[]): void {
  provide(samples);
}
