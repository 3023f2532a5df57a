import "./init.workerd.js";
import "./receiver-init.workerd.js";
import "./monitor-init.workerd.js";
export * from "./monitor/index.js";
