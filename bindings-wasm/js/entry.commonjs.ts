/** Both entries as one module, so that they share the classes and the instance. */

import "./init.js";

export * as index from "./index.js";
export * as testing from "./testing.js";
