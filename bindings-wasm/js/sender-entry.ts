import "./init.js";
import "./sender-init.js";
export * from "./sender/index.js";
