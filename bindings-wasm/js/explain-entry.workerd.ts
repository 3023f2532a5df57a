import "./init.workerd.js";
import "./explain-init.workerd.js";
export * from "./explain/index.js";
