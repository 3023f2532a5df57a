import "./init.edge-light.js";
import "./sender-init.edge-light.js";
export * from "./sender/index.js";
