/** What sending fails of, in the core's words. */

import { type CountersignError, failure } from "../errors.js";
import { glue } from "./core.js";

/** A code, or what is wrong with a message or an endpoint. */
type Word =
  | "name"
  | "data"
  | "length"
  | "setting"
  | "unknown_endpoint"
  | "unreadable_secret"
  | "outbox_unavailable"
  | "malformed_schema"
  | "schema_mismatch";

export function deliveryFailure(word: Word): CountersignError {
  return failure(glue.delivery_failure(word));
}

const NAME = /^[!-~]{1,256}$/;

/** 1 to 256 visible characters of ASCII: what every header, table and log can hold. */
export function checkName(name: string): string {
  if (!NAME.test(name)) {
    throw deliveryFailure("name");
  }
  return name;
}
