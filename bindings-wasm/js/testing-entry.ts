import "./init.js";
export * from "./testing.js";
