/** The names of all runtimes, each a folder here. */
export const RUNTIMES = [
  "node-esm",
  "node-cjs",
  "node-older",
  "deno",
  "bun",
  "workerd",
  "edge-light",
  "esbuild",
  "vite",
  "chromium",
];

/**
 * The function that runs the corpus on this runtime. It takes `{ project, corpus, output }`, paths
 * of the project and of its files, and gives `{ version, results, differences }`.
 */
export async function starter(name) {
  // Not before the tools are installed, which some of these modules import.
  const { start } = await import(`./${name}/start.mjs`);
  return start;
}
