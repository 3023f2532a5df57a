import "./init.workerd.js";
import "./sender-init.workerd.js";
export * from "./sender/index.js";
