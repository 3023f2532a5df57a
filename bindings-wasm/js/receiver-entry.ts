import "./init.js";
import "./receiver-init.js";
export * from "./receiver/index.js";
