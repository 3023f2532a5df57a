/**
 * Runs the corpus of `tests/vectors` on the package. Neither this module nor what it imports is
 * bound to a runtime: the same code runs in each of them.
 *
 * `run(countersign, asymmetric, files)` takes the exports of the package, its receiver, its sender and its reports,
 * those of its entry with public keys, and the parsed files of the corpus, and gives what came of each
 * case, with one text for each difference.
 */

import { DELIVERIES } from "./conformance/deliveries.mjs";
import { ENDPOINTS } from "./conformance/endpoints.mjs";
import { EXPLANATIONS } from "./conformance/explanations.mjs";
import { GUARDS } from "./conformance/guards.mjs";
import { SCHEDULES } from "./conformance/schedules.mjs";
import { milliseconds, sorted } from "./conformance/values.mjs";

export function run(countersign, asymmetric, files) {
  if (files.length === 0) {
    throw new Error("the corpus is empty");
  }
  const all = { ...countersign, ...asymmetric };
  const session = new Session(countersign);
  const results = {};
  const differences = [];
  // The codes come last: their classes are compared with all that was thrown.
  const ordered = [...files].sort((a, b) => Number(a.kind === "codes") - Number(b.kind === "codes"));
  for (const { kind, cases } of ordered) {
    for (const testCase of cases) {
      const { id } = testCase;
      if (Object.hasOwn(results, id)) {
        throw new Error(`the id ${id} is used twice`);
      }
      session.countersign = countersign;
      if (session.isLeftOut(testCase)) {
        session.countersign = all;
      }
      const actual = session.outcome(kind, testCase);
      const expected = kind === "codes" ? { class: testCase.class, status: testCase.status } : testCase.expect;
      const [wanted, given] = [expected, actual].map((value) => JSON.stringify(sorted(value)));
      if (wanted !== given) {
        differences.push(`${id}\n    expected ${wanted}\n    actual   ${given}`);
      }
      results[id] = actual;
    }
  }
  for (const code of session.knownCodes()) {
    if (!Object.hasOwn(results, code)) {
      differences.push(`${code}\n    is not in the corpus`);
    }
  }
  return { results: sorted(results), differences };
}

const KINDS = { ...DELIVERIES, ...ENDPOINTS, ...EXPLANATIONS, ...GUARDS, ...SCHEDULES, codes };

/** The package under test, and the classes of the errors that it threw. */
class Session {
  /** The class name of each error that was thrown, by its code. */
  #thrown = new Map();

  constructor(countersign) {
    this.countersign = countersign;
  }

  outcome(kind, testCase) {
    if (!Object.hasOwn(KINDS, kind)) {
      throw new Error(`there is no kind ${kind}`);
    }
    try {
      return KINDS[kind](this, testCase);
    } catch (error) {
      if (error instanceof this.countersign.CountersignError) {
        return this.#rejection(error);
      }
      // A difference like any other, so that one failure does not hide those that follow.
      return { thrown: String(error) };
    }
  }

  /** Whether the case is of a scheme or a secret with public keys, which the default entry leaves out. */
  isLeftOut(testCase) {
    if (testCase.scheme === undefined) {
      return false;
    }
    try {
      this.webhook(testCase);
    } catch ({ code }) {
      return code === "asymmetric_left_out";
    }
    return false;
  }

  /** All codes that the package lists or has thrown. */
  knownCodes() {
    return new Set([...this.countersign.errorCodes().keys(), ...this.#thrown.keys()]);
  }

  webhook({ scheme, secrets, tolerance, verify_token, every_secret_signs }) {
    const { Scheme, Tolerance, Webhook } = this.countersign;
    const known = typeof scheme === "string" ? scheme : new Scheme(scheme);
    const options = {
      tolerance: tolerance && new Tolerance(tolerance),
      verifyToken: verify_token,
      everySecretSigns: every_secret_signs,
    };
    return new Webhook(known, secrets, options);
  }

  /** The value of an action, or the package's error as its rejection. */
  attempt(action) {
    try {
      return { value: action() };
    } catch (error) {
      if (error instanceof this.countersign.CountersignError) {
        return { error: this.#rejection(error) };
      }
      throw error;
    }
  }

  #rejection(error) {
    const { name, code, message, retryAfter } = error;
    // Null makes the case of this code fail.
    this.#thrown.set(code, error.constructor === this.countersign[name] ? name : null);
    const wait = retryAfter === null ? {} : { retry_after_ms: milliseconds(retryAfter) };
    const needs = code === "key_needed" ? { needs: { url: error.keyUrl, key_id: error.keyId } } : {};
    return { verdict: "reject", code, message, ...wait, ...needs };
  }

  /** The class of a code: as it was thrown, else as it is listed. Null if there is no such class. */
  classOf(code) {
    const listed = this.countersign.errorCodes().get(code);
    const name = this.#thrown.has(code) ? this.#thrown.get(code) : listed;
    const { [name]: type, CountersignError } = this.countersign;
    return type?.prototype instanceof CountersignError && name === listed ? name : null;
  }
}

function codes(session, { id }) {
  return { class: session.classOf(id), status: new session.countersign.CountersignError(id, "").status };
}
