import { createRequire } from "node:module";

import { runProcess } from "../process.mjs";

export function start(paths) {
  return runProcess(binary(), ["run", "--no-install", "runtimes/bun/guest.mjs"], paths);
}

/** The binary of this platform; the launcher of the package works only after an install script. */
function binary() {
  const require = createRequire(import.meta.url);
  const { optionalDependencies } = require("bun/package.json");
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const arch = process.arch === "arm64" ? "aarch64" : process.arch;
  const name = `@oven/bun-${platform}-${arch}`;
  if (!(name in optionalDependencies)) {
    throw new Error(`there is no Bun for ${platform} on ${arch}`);
  }
  return require.resolve(`${name}/bin/bun${process.platform === "win32" ? ".exe" : ""}`);
}
