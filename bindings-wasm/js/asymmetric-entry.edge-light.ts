import "./asymmetric-init.edge-light.js";
export * from "./asymmetric/index.js";
