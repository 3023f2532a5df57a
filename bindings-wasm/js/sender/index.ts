/**
 * Sends webhooks: which URLs may be reached, and which endpoints are throttled, down or disabled.
 *
 * @packageDocumentation
 */

export { DestinationRules } from "./destination.js";
export type { Destination, DestinationRulesOptions } from "./destination.js";
export { HealthPolicy, HEALTHY } from "./health.js";
export type { Availability, DisableReason, EndpointHealth, HealthPolicyOptions } from "./health.js";
