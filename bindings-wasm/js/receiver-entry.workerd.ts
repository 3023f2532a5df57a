import "./init.workerd.js";
export * from "./receiver/index.js";
