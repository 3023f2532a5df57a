import "./init.js";
import "./explain-init.js";
export * from "./explain/index.js";
