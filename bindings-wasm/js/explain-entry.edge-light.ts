import "./init.edge-light.js";
import "./explain-init.edge-light.js";
export * from "./explain/index.js";
