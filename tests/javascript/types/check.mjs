/** Compiles what users write, for each way in which TypeScript finds the package's types. */

import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCES = ["usage.ts", "mistakes.ts"];
const RECEIVER = [
  "usage-asymmetric.ts",
  "usage-explain.ts",
  "usage-receiver.ts",
  "usage-inbox.ts",
  "usage-monitor.ts",
  "usage-sender.ts",
];
const NODE = ["usage-node.ts"];
const FRAMEWORKS = ["usage-frameworks.ts"];
/** The oldest that is supported, and the newest. */
const COMPILERS = ["typescript", "typescript-7"];

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2022",
};
const HOSTS = {
  node: { lib: ["es2022"], types: ["node"] },
  browser: { lib: ["es2022", "dom", "dom.iterable"], types: [] },
};

const PROJECTS = {
  "node16, ECMAScript modules": { module: "node16", ...HOSTS.node, files: [...SOURCES, ...RECEIVER, ...NODE] },
  "node16, CommonJS": { module: "node16", ...HOSTS.node, files: [...SOURCES, ...RECEIVER, ...NODE].map(commonjs) },
  nodenext: { module: "nodenext", ...HOSTS.node, files: [...SOURCES, ...RECEIVER, ...NODE] },
  bundler: { module: "esnext", moduleResolution: "bundler", ...HOSTS.browser, files: [...SOURCES, ...RECEIVER] },
  "bundler with the condition of workers": {
    module: "esnext",
    moduleResolution: "bundler",
    customConditions: ["workerd"],
    ...HOSTS.browser,
    files: [...SOURCES, ...RECEIVER],
  },
  "nodenext, with the types of frameworks": {
    module: "nodenext",
    ...HOSTS.node,
    // Theirs are not ours to check.
    skipLibCheck: true,
    files: FRAMEWORKS,
  },
};

/** The same source as a CommonJS module. */
function commonjs(name) {
  const copy = name.replace(".ts", ".cts");
  copyFileSync(join(HERE, name), join(HERE, copy));
  return copy;
}

/** Whether a project compiles without an error. */
function compiles(name, compiler, { files, ...options }) {
  const path = join(HERE, "tsconfig.generated.json");
  writeFileSync(path, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }, null, 2));
  const bin = join(dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`)), "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, "--project", path], {
    encoding: "utf8",
  });
  console.log(`${status === 0 ? "compiles" : "does not compile"}: ${name}, ${compiler}`);
  process.stderr.write(stdout + stderr);
  return status === 0;
}

let passed = true;
for (const compiler of COMPILERS) {
  for (const [name, project] of Object.entries(PROJECTS)) {
    passed = compiles(name, compiler, project) && passed;
  }
}
process.exitCode = passed ? 0 : 1;
