/** A Redis of the tests' own. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a server that keeps nothing on disk. It can be stopped and started on the same port. */
export class RedisServer {
  #folder = mkdtempSync(join(tmpdir(), "countersign-redis-"));
  #child = null;

  static async started() {
    const server = new RedisServer();
    server.port = await freePort();
    await server.start();
    return server;
  }

  async start() {
    const options = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder];
    const child = spawn("redis-server", [...options, "--save", "", "--appendonly", "no"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    await new Promise((resolve, reject) => {
      child.on("error", (cause) => {
        const absent = "redis-server cannot be started; install it, on Debian with apt-get install redis-server";
        reject(new Error(absent, { cause }));
      });
      child.on("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
      child.stdout.setEncoding("utf8").on("data", (text) => text.includes("Ready to accept") && resolve());
    });
  }

  async stop() {
    const child = this.#child;
    this.#child = null;
    if (child !== null && child.exitCode === null) {
      const ended = new Promise((resolve) => child.on("exit", resolve));
      child.kill();
      await ended;
    }
  }

  async end() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
