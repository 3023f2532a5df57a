import "./asymmetric-init.js";
export * from "./asymmetric/index.js";
