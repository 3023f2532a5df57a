import "./init.edge-light.js";
export * from "./receiver/index.js";
