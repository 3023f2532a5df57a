import "./init.workerd.js";
export * from "./testing.js";
