import "./init.js";
export * from "./receiver/index.js";
