import "./init.workerd.js";
export * from "./index.js";
