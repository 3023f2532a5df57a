/**
 * Runs the end-to-end corpus behind each adapter of the packed package.
 *
 * usage: node run-all.mjs TARBALL [--only NAME,...]
 *
 * Ends with 1 if one of them differs.
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { command } from "../../javascript/commands.mjs";
import { withProject } from "../../javascript/project.mjs";

const USAGE = "usage: node run-all.mjs TARBALL [--only NAME,...]";
/** Each server with what is to be known of it. */
const SERVERS = {
  express: [],
  fastify: [],
  "node-http": [],
  // `Headers` joins what was sent several times.
  worker: ["--repeated", "joined"],
};
const RUNNER = fileURLToPath(new URL("../run.py", import.meta.url));
const CORPUS = fileURLToPath(new URL("../../vectors/end-to-end/receive.json", import.meta.url));

const { positionals, values } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
const names = values.only?.split(",") ?? Object.keys(SERVERS);
if (positionals.length !== 1 || !names.every((name) => Object.hasOwn(SERVERS, name))) {
  throw new Error(USAGE);
}
await withProject(resolve(positionals[0]), undefined, async (project) => {
  const left = names.values();
  const runSome = async () => {
    for (const name of left) {
      await run(name, `${project}/receivers/${name}.mjs`);
    }
  };
  // Two at a time: they wait for clients that stall.
  await Promise.all([runSome(), runSome()]);
});

/** Runs the corpus behind a server, and says in one piece what came of it. */
async function run(name, server) {
  const fixture = [process.execPath, server];
  try {
    const said = await command("python3", [RUNNER, "--corpus", CORPUS, ...SERVERS[name], "--", ...fixture]);
    console.log(`\n${name}\n${said.trimEnd()}`);
  } catch (error) {
    console.error(`\n${name}\n${error.message}`);
    process.exitCode = 1;
  }
}
