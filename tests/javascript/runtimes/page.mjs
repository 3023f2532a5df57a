/** Runs a page of the loopback interface in Chromium. */

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import { chromium } from "playwright-core";

import { command } from "../commands.mjs";

const TYPES = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".mjs", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".wasm", "application/wasm"],
]);

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a page needs to say about scripts to use the package. */
const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self' 'nonce-map' 'wasm-unsafe-eval'";

/**
 * Opens `path` of the folder and gives what its script leaves in `globalThis.outcome`, with the
 * version of the browser.
 */
export async function runPage(folder, path, corpus) {
  const server = await serve(folder, corpus);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.stack ?? String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`http://127.0.0.1:${server.address().port}${path}`);
    const text = await page.evaluate(async () => JSON.stringify(await globalThis.outcome));
    if (errors.length > 0 || text === undefined) {
      throw new Error(`the page failed\n${errors.join("\n")}`);
    }
    return { version: browser.version(), ...JSON.parse(text) };
  } finally {
    await browser.close();
    server.close();
  }
}

/** A browser without a window. */
export async function launchChromium() {
  return chromium.launch({ executablePath: await findChromium(), args: FLAGS });
}

async function findChromium() {
  const found = () => PLACES.find((place) => existsSync(place));
  if (!found() && process.getuid?.() === 0) {
    // A new machine has no lists of packages yet.
    await command("apt-get", ["update", "-qq"]);
    await command("apt-get", ["install", "-y", "chromium"]);
  }
  const place = found();
  if (!place) {
    throw new Error(`Chromium is not installed; it is looked for at ${PLACES.join(", ")}`);
  }
  return place;
}

function serve(folder, corpus) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    const path = pathname === "/corpus.json" ? corpus : join(folder, normalize(pathname));
    if (!existsSync(path)) {
      // Browsers ask for an icon by themselves.
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    const type = TYPES.get(extname(path)) ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY });
    response.end(readFileSync(path));
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
