import "./init.js";
import "./receiver-init.js";
export * from "./inbox/index.js";
