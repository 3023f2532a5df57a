/** Checks of arguments: what is of the wrong type is a `TypeError` that says what is wanted. */

import { nearest } from "./nearest.js";

/** A value's type, in words that hold nothing of the value itself. */
export function kind(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value !== "object") {
    return Number.isNaN(value) ? "NaN" : `a ${typeof value}`;
  }
  return Array.isArray(value) ? "an array" : "an object";
}

export function wrong(what: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${what} must be ${wanted}, not ${kind(value)}`);
}

/** Text that has a UTF-8 form. */
export function text(what: string, value: unknown): string {
  if (typeof value !== "string") {
    throw wrong(what, "a string", value);
  }
  if (!value.isWellFormed()) {
    throw new TypeError(`${what} holds a lone surrogate, which has no UTF-8 form`);
  }
  return value;
}

/** Text, or nothing. */
export function optionalText(what: string, value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(what, value);
}

/** Finite and not negative. */
export function number(what: string, value: unknown): number {
  if (typeof value !== "number" || !(value >= 0 && value < Infinity)) {
    const wanted = "a finite number that is not negative";
    throw typeof value === "number"
      ? new TypeError(`${what} must be ${wanted}`)
      : wrong(what, wanted, value);
  }
  return value;
}

/** A time that is longer than nothing. */
export function seconds(what: string, value: unknown): number {
  if (number(what, value) === 0) {
    throw new TypeError(`${what} must be longer than nothing`);
  }
  return value as number;
}

/** Whole and not negative. */
export function whole(what: string, value: unknown): number {
  if (!Number.isInteger(number(what, value))) {
    throw new TypeError(`${what} must be a whole number`);
  }
  return value as number;
}

/** Whole, and at most this. */
export function wholeUpTo(limit: number, what: string, value: unknown): number {
  if (whole(what, value) > limit) {
    throw new TypeError(`${what} must be a whole number from 0 to ${limit}`);
  }
  return value as number;
}

/** Whole; what is too large counts as the largest of 32 bits. */
export function count(what: string, value: unknown): number {
  return Math.min(whole(what, value), U32);
}

export const U32 = 2 ** 32 - 1;

/** The keys of a type, every one of them: what is left out or too much does not compile. */
export type Keys<T> = { readonly [Key in keyof T]-?: true };

/**
 * Options are an object with these keys and no others, or nothing: of one that is misspelt, or in the
 * wrong place, nobody would know that the guard it should set is off.
 */
export function options<T extends object>(
  what: string,
  known: Keys<NoInfer<T>>,
  value: T | undefined | null,
): Partial<T> {
  const given = fields(what, value);
  const keys = Object.keys(given);
  for (const key of keys) {
    if (!Object.hasOwn(known, key)) {
      const meant = nearest(key, Object.keys(known));
      throw new TypeError(`${key} is no key of ${what}${meant === undefined ? "" : `; is ${meant} meant?`}`);
    }
  }
  // Such as an AddressPolicy where options should be; a class of the caller's may have getters.
  if (keys.length === 0 && !isPlain(given) && !Object.keys(known).some((key) => key in given)) {
    throw new TypeError(`${what} must be an object with keys such as ${Object.keys(known)[0]}`);
  }
  return given;
}

/** An object whatever keys it has, or nothing: for what may be more than it is asked for. */
export function fields<T extends object>(what: string, value: T | undefined | null): Partial<T> {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw wrong(what, "an object", value);
  }
  if (Symbol.iterator in value) {
    throw new TypeError(`${what} must be an object with keys, not an iterable`);
  }
  return value;
}

/** Made by `{}`, of whichever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** One of these words. */
export function word<W extends string>(what: string, words: readonly W[], value: unknown): W {
  if (!(words as readonly unknown[]).includes(value)) {
    throw new TypeError(`${what} must be one of ${words.join(", ")}`);
  }
  return value as W;
}

/** A function, or nothing. */
export function callable<T extends (...values: never[]) => unknown>(what: string, value: T | null | undefined): T | null {
  if (value === undefined || value === null) {
    return null;
  }
  if (typeof value !== "function") {
    throw wrong(what, "a function", value);
  }
  return value;
}

/** True or false, which nothing is too. */
export function flag(what: string, value: unknown): boolean {
  if (value !== undefined && value !== null && typeof value !== "boolean") {
    throw wrong(what, "true or false", value);
  }
  return value === true;
}

/** The instant in Unix seconds: as given, or of the host's clock. */
export function time(now: unknown): number {
  // Half a millisecond more, so that the core's flooring gives back the clock's milliseconds.
  return now === undefined || now === null ? (Date.now() + 0.5) / 1e3 : number("now", now);
}

/** 32 bits: as given, or random. Jitter needs no better randomness. */
export function entropy(value: unknown): number {
  return value === undefined || value === null
    ? Math.floor(Math.random() * 2 ** 32)
    : wholeUpTo(U32, "entropy", value);
}
