/** Calls the core, which throws as text what the program gave wrongly. */
export function configured<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw typeof thrown === "string" ? new TypeError(thrown) : thrown;
  }
}
