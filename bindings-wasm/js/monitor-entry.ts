import "./init.js";
import "./receiver-init.js";
import "./monitor-init.js";
export * from "./monitor/index.js";
