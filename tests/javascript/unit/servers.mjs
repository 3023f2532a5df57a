/** Real servers with a receiver at `/hook`, and requests that are written to the byte. */

import { createServer } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { expressHandler } from "countersign/express";
import { fastifyReceiver } from "countersign/fastify";
import { nodeHandler } from "countersign/node";
import express from "express";
import Fastify from "fastify";

const STARTERS = {
  node: async (receiver) => listening(createServer(nodeHandler(receiver))),
  express: async (receiver) => listening(createServer(express().all("/hook", expressHandler(receiver)))),
  fastify: async (receiver) => {
    const app = Fastify({ forceCloseConnections: true });
    app.register(fastifyReceiver, { receiver, prefix: "/hook" });
    await app.listen({ host: "127.0.0.1", port: 0 });
    return { port: app.server.address().port, close: () => app.close() };
  },
};

export const ADAPTERS = Object.keys(STARTERS);

/** The port of a server with this adapter, which ends with the test. */
export async function serve(context, adapter, receiver) {
  const { port, close } = await STARTERS[adapter](receiver);
  context.after(close);
  return port;
}

/** A server of Node on a free port. */
export async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections?.();
    server.close();
  };
  return { port: server.address().port, close };
}

/** The head of a POST; headers are pairs, so that one may be sent several times. */
export function head(headers, { method = "POST", path = "/hook" } = {}) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nhost: hooks.example.com\r\n${lines.join("")}\r\n`;
}

/** A connection; answers are read from it as they come. */
export class Connection {
  #text = "";
  #changed = () => {};
  isClosed = false;

  constructor(port) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.setEncoding("utf8").on("data", (text) => {
      this.#text += text;
      this.#changed();
    });
    this.socket.on("error", () => {
      // Servers may reset a connection; that it is closed then is what tests look at.
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", () => {
        this.isClosed = true;
        this.#changed();
        resolve();
      });
    });
  }

  write(bytes) {
    this.socket.write(bytes);
    return this;
  }

  /** The next answer: status, headers by name, body; `null` if the connection ends without one. */
  async answer() {
    for (;;) {
      const end = this.#text.indexOf("\r\n\r\n");
      const [first, ...lines] = this.#text.slice(0, Math.max(end, 0)).split("\r\n");
      const headers = new Map(lines.map((line) => line.toLowerCase().split(": ", 2)));
      const length = Number(headers.get("content-length") ?? 0);
      if (end >= 0 && this.#text.length >= end + 4 + length) {
        const body = this.#text.slice(end + 4, end + 4 + length);
        this.#text = this.#text.slice(end + 4 + length);
        return { status: Number(first.split(" ")[1]), headers, body };
      }
      if (this.isClosed) {
        return null;
      }
      await new Promise((resolve) => (this.#changed = resolve));
    }
  }

  /** Status and word of the next answer. */
  async verdict() {
    const answer = await this.answer();
    if (answer === null) {
      return "no answer";
    }
    const { status, error } = JSON.parse(answer.body);
    return `${answer.status} ${status ?? error}`;
  }
}

/** Waits for something that happens soon. */
export async function until(condition, seconds = 10) {
  const end = Date.now() + seconds * 1e3;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error("that never happened");
    }
    await sleep(5);
  }
}
