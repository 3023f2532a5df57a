import "./init.js";
import { provide } from "./sample.js";
import { SAMPLES } from "./samples.js";

provide(SAMPLES);

export * from "./testing.js";
