/**
 * The glue of whichever module that verifies was started first: for what each of them does alike. What
 * belongs to one of them is reached by its `Instance`.
 */

import type * as generated from "./glue.js";

export type Glue = typeof generated;

export let glue: Glue;

/** Called once, before anything else is. */
export function setCommon(first: Glue): void {
  glue = first;
}
