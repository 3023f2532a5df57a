// A Redis of the tests' own, which keeps nothing on disk.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** Needs `redis-server`. */
export async function startRedis() {
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
  const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    server.stdout.on("data", (log) => String(log).includes("Ready to accept") && resolve());
  });
  const stop = async () => {
    server.kill();
    await once(server, "exit");
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
