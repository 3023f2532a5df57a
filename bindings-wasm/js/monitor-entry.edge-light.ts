import "./init.edge-light.js";
import "./receiver-init.edge-light.js";
import "./monitor-init.edge-light.js";
export * from "./monitor/index.js";
