import "./init.edge-light.js";
export * from "./testing.js";
