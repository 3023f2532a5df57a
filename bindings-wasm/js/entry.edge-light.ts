import "./init.edge-light.js";
export * from "./index.js";
