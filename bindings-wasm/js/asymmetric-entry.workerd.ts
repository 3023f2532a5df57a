import "./asymmetric-init.workerd.js";
export * from "./asymmetric/index.js";
