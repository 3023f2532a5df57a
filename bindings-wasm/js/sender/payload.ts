/** The body of a message. */

import { text, time } from "../check.js";
import { glue } from "./core.js";

/**
 * A payload as Standard Webhooks recommends it, `{"id":…,"type":…,"timestamp":…,"data":…}`, without
 * white space between the parts. It is what {@link Sender} sends, for senders of your own.
 *
 * Every scheme of this package that reads ids, types and times out of JSON bodies at these names
 * finds them.
 *
 * @param data JSON as text, which stays as it is.
 * @param now The clock in Unix seconds, the host's if not given: RFC 3339 to the millisecond, `null`
 * if its year has more than four digits.
 * @throws `TypeError` for arguments of another type, and lone surrogates.
 *
 * @example
 * ```ts
 * import { writePayload } from "countersign/sender";
 *
 * writePayload("msg_1", "invoice.paid", '{"n":7}', 0);
 * // '{"id":"msg_1","type":"invoice.paid","timestamp":"1970-01-01T00:00:00Z","data":{"n":7}}'
 * ```
 */
export function writePayload(id: string, type: string, data: string, now?: number | null): string {
  const milliseconds = Math.floor(time(now) * 1e3);
  return glue.write_payload(text("the id", id), text("the type", type), milliseconds, text("the data", data));
}
