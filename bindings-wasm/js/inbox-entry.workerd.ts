import "./init.workerd.js";
import "./receiver-init.workerd.js";
export * from "./inbox/index.js";
