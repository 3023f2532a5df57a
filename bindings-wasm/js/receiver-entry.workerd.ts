import "./init.workerd.js";
import "./receiver-init.workerd.js";
export * from "./receiver/index.js";
