/**
 * Writes the entries for every runtime, and the chunks that they share, once more as CommonJS.
 *
 * usage: node npm_commonjs.mjs TOOLS METAFILE DIST ENTRY=NAME...
 *
 * DIST has what esbuild made, as METAFILE says, whose paths begin here. Each file becomes one of the same
 * name, so that who requires an entry loads what that needs and no more. `NAME.cjs` has what ENTRY
 * exports as plain properties, one statement each, as static readers of exports want it; `NAME.mjs` is
 * for `import` in a Node that cannot `require` ECMAScript modules, over the same classes.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";

const [tools, metafile, dist, ...renamed] = process.argv.slice(2);
const require = createRequire(join(tools, "package.json"));
const { build } = require("esbuild");

const entries = new Map(renamed.map((entry) => entry.split("=")));
const outputs = Object.entries(JSON.parse(readFileSync(metafile, "utf8")).outputs);
const imports = new Map(outputs.map(([file, output]) => [file, output.imports.map(({ path }) => path)]));

// What they import, and what that imports: a set visits what is added meanwhile.
const files = new Set([...imports.keys()].filter((file) => entries.has(basename(file, ".js"))));
for (const file of files) {
  for (const imported of imports.get(file)) {
    if (imports.has(imported)) {
      files.add(imported);
    }
  }
}

/** The folder of what the entries need. */
const INNER = "commonjs";
await build({
  entryPoints: [...files].map((file) => ({ in: resolve(file), out: basename(file, ".js") })),
  outdir: join(dist, INNER),
  outExtension: { ".js": ".cjs" },
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "es2022",
  charset: "utf8",
  logLevel: "warning",
  plugins: [
    {
      name: "each file by itself",
      setup({ onResolve }) {
        onResolve({ filter: /^\.\.?\// }, ({ path }) => ({ path: `./${basename(path, ".js")}.cjs`, external: true }));
      },
    },
  ],
});
for (const [entry, name] of entries) {
  const inner = `./${INNER}/${entry}.cjs`;
  const names = Object.keys(require(join(dist, inner))).sort();
  const exported = names.map((each) => `exports.${each} = inner.${each};\n`).join("");
  writeFileSync(join(dist, `${name}.cjs`), `"use strict";\nconst inner = require("${inner}");\n${exported}`);
  writeFileSync(join(dist, `${name}.mjs`), `export { ${names.join(", ")} } from "./${name}.cjs";\n`);
}
