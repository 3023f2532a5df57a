import "./init.edge-light.js";
import "./receiver-init.edge-light.js";
export * from "./inbox/index.js";
