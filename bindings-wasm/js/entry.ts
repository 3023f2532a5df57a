import "./init.js";
export * from "./index.js";
