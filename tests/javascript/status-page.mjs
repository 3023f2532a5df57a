/**
 * Uses the status page of a receiver and a sender in Chromium, as a person does.
 *
 * usage: node status-page.mjs (--python PYTHON | --tarball TARBALL) [--screenshots FOLDER]
 *
 * PYTHON has the wheel and tests/python/requirements.txt installed; the page of TARBALL is that of
 * Node. Ends with 1 if the page does not do what it should.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { installTools, withProject } from "./project.mjs";

const USAGE = "usage: node status-page.mjs (--python PYTHON | --tarball TARBALL) [--screenshots FOLDER]";
const PYTHON_SERVER = fileURLToPath(new URL("../python/status_server.py", import.meta.url));
const TOKEN = "the token of the tests";
const ATTACK = "</script><img src=x onerror='attacked=1'>\"&";
/** The same as a name, which has no spaces. */
const ATTACKING_NAME = ATTACK.replaceAll(" ", "/");
const PATIENCE = 15_000;

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { python: text, tarball: text, screenshots: text } });
  const { python, tarball, screenshots } = values;
  if ((python === undefined) === (tarball === undefined)) {
    throw new Error(USAGE);
  }
  if (python !== undefined) {
    await installTools();
    return usePageOf(python, PYTHON_SERVER, screenshots);
  }
  return withProject(resolve(tarball), undefined, (project) =>
    usePageOf(process.execPath, join(project, "unit", "status-server.mjs"), screenshots));
}

/** Uses the page of a server while it runs. */
async function usePageOf(interpreter, program, screenshots) {
  // Not before the tools are installed, which it imports.
  const { launchChromium } = await import("./runtimes/page.mjs");
  const server = spawn(interpreter, [program], { stdio: ["ignore", "pipe", "pipe"] });
  try {
    const address = await addressOf(server, program);
    const browser = await launchChromium();
    try {
      await usePage(browser, address, screenshots);
      console.log(`the status page works in Chromium ${browser.version()}`);
    } finally {
      await browser.close();
    }
  } finally {
    server.kill();
  }
}

async function addressOf(server, program) {
  const lines = createInterface({ input: server.stdout });
  let printed = "";
  server.stderr.setEncoding("utf8").on("data", (text) => (printed += text));
  const ended = once(server, "close").then(() => {
    throw new Error(`${program} did not start\n${printed}`);
  });
  const [line] = await Promise.race([once(lines, "line"), ended]);
  return line.replace("listening on ", "");
}

async function usePage(browser, address, screenshots) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("dialog", (dialog) => wrong.push(dialog.message()));
  page.on("request", (request) => request.url().startsWith(address) || wrong.push(request.url()));
  // A policy that is violated is told here; so is the 401 under which the form is shown.
  page.on("console", (message) =>
    message.type() === "error" && !message.text().includes("401") && wrong.push(message.text()));

  await logIn(page, address);
  await seesEvents(page);
  await seesDeliveries(page);
  await fits(page, screenshots);
  await attacksAreText(page);
  await replays(page);
  await replaysDelivery(page);
  await isClosedToOthers(browser, address);
  await asksAgain(context, page);
  // What was tried on purpose in `attacksAreText`.
  assert.equal(wrong.length, 1, wrong.join("\n"));
  assert.match(wrong[0], /requires 'TrustedHTML'/);
}

async function logIn(page, address) {
  const first = await page.goto(address);
  assert.equal(first.status(), 401);
  assert.equal(await page.locator("table, script").count(), 0);
  await page.getByLabel("Token").fill("not the token of the tests");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Webhooks" }).waitFor();
  assert.equal(page.url(), address);
  assert.equal(await page.evaluate(() => document.cookie), "");
}

async function seesEvents(page) {
  await page.getByText("Updated").waitFor();
  const recent = await rows(page, "Last requests");
  assert.deepEqual(recent.slice(0, 4).map((cells) => cells.slice(1, 5)), [
    ["refused", "signature_mismatch", "–", "–"],
    ["taken", "ignored", ATTACK, ATTACK],
    ["failed", "handler_failed", "payment.failed", "msg_failed"],
    ["taken", "duplicate", "invoice.paid", "msg_0"],
  ]);
  assert.equal(recent.length, 44);
  const [[name, scheme, requests, ...latencies]] = await rows(page, "Receivers");
  assert.deepEqual([name, scheme, requests], ["/webhooks", "standard", "44"]);
  assert.ok(latencies.length === 3 && latencies.every((text) => /^[\d.]+ m?s$/.test(text)), latencies);
  assert.deepEqual((await rows(page, "Requests by code"))[0], ["handled", "40", "/webhooks"]);
  assert.deepEqual((await rows(page, "Events by type"))[0], ["invoice.paid", "41", "/webhooks"]);
  assert.deepEqual((await rows(page, "Dead letters")).map(([number]) => number), ["7", "8"]);
}

async function seesDeliveries(page) {
  const endpoints = await rows(page, "Endpoints");
  // Those that ail come first: id, state, until, failures, waiting, under way, given up, attempts.
  assert.deepEqual(endpoints.map((cells) => cells.slice(0, 8)), [
    [ATTACKING_NAME, "ready", "–", "1", "0", "0", "1", "1"],
    ["customer-7", "ready", "–", "0", "0", "0", "0", "1"],
  ]);
  assert.match(endpoints[0].at(-1), /^[\d.]+ m?s$/);
  assert.deepEqual((await rows(page, "Deliveries given up")).map((cells) => cells.slice(0, 7)), [
    ["2", "Replay", ATTACKING_NAME, ATTACKING_NAME, ATTACKING_NAME, "rejected", "1"],
  ]);
  assert.deepEqual((await rows(page, "Last attempts")).map((cells) => cells.slice(1, 6)), [
    ["failed", "400", ATTACKING_NAME, ATTACKING_NAME, ATTACKING_NAME],
    ["arrived", "200", "customer-7", "invoice.paid", "msg_sent"],
  ]);
  assert.equal(await page.getByRole("heading", { name: "Replays of many" }).count(), 0);
}

/** The texts of the cells of a table's body. */
function rows(page, title) {
  const body = page.getByRole("region", { name: title, exact: true }).last().locator("tbody tr");
  return body.evaluateAll((found) =>
    found.map((row) => Array.from(row.cells, (cell) => cell.textContent)));
}

async function fits(page, screenshots) {
  for (const width of [320, 390, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${overflow} pixels do not fit into ${width}`);
      if (screenshots !== undefined) {
        await page.screenshot({ path: join(resolve(screenshots), `${width}-${colorScheme}.png`) });
      }
    }
  }
}

async function attacksAreText(page) {
  const found = await page.evaluate(() => ({
    images: document.images.length,
    scripts: document.scripts.length,
    attacked: typeof globalThis.attacked,
  }));
  assert.deepEqual(found, { images: 0, scripts: 1, attacked: "undefined" });
  // Nor could a script of the page itself make text into elements.
  const refused = await page.evaluate((attack) => {
    try {
      document.body.insertAdjacentHTML("beforeend", attack);
    } catch (error) {
      return error.name;
    }
    return "nothing";
  }, "<b>attack</b>");
  assert.equal(refused, "TypeError");
}

async function replays(page) {
  const button = page.getByRole("button", { name: "Replay dead letter 8" });
  await button.focus();
  // While the page refreshes itself, the focus stays where it is.
  await page.waitForResponse((response) => response.url().endsWith("/data"));
  await page.waitForResponse((response) => response.url().endsWith("/data"));
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), "Replay dead letter 8");
  await page.keyboard.press("Enter");
  await button.waitFor({ state: "detached" });
  await page.getByRole("status").getByText("Dead letter 8 is handled again.").waitFor();
  assert.deepEqual((await rows(page, "Dead letters")).map(([number]) => number), ["7"]);
  await page.reload();
  await page.getByRole("button", { name: "Replay dead letter 7" }).waitFor();
  assert.equal(await button.count(), 0);
}

async function replaysDelivery(page) {
  const button = page.getByRole("button", { name: "Replay delivery 2", exact: true });
  await button.click();
  await page.getByRole("status").getByText("Delivery 2 is sent again.").waitFor();
  await button.waitFor({ state: "detached" });
  const attempts = page.getByRole("region", { name: "Last attempts", exact: true }).last();
  await attempts.locator("tbody tr").nth(2).waitFor();
  assert.deepEqual((await rows(page, "Last attempts"))[0].slice(1, 4), ["arrived", "200", ATTACKING_NAME]);
  const endpoints = await rows(page, "Endpoints");
  assert.deepEqual(endpoints.map((cells) => cells[6]), ["0", "0"]);
}

async function isClosedToOthers(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  assert.equal(await page.locator("table").count(), 0);
  await context.close();
}

/** A session that has ended leads back to the form. */
async function asksAgain(context, page) {
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/webhooks/status"]);
  assert.ok(!cookie.value.includes(TOKEN));
  await context.clearCookies();
  await page.getByLabel("Token").waitFor();
}

try {
  await main();
} catch (error) {
  console.error(error.message === USAGE ? USAGE : error.stack);
  process.exitCode = 1;
}
