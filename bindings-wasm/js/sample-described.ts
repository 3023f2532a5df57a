/**
 * Samples of described schemes: what a description reads, where it reads it. The same as in
 * `core/src/testing/described.rs`.
 */

import type { FlatDescription } from "./description.js";
import { FORM_TYPE, JSON_TYPE, type Sample } from "./sample.js";

const ID = '"{{id}}"';
const TYPE = '"{{type}}"';
const TIME = '"{{time}}.{{thousandths}}Z"';
const TEXT = '"Example"';
const DATA = '{"name":"Example"}';

const OF_NO_PROVIDER = {
  scheme: "",
  forTypes: "",
  type: "example.created",
  id: "msg_2nTq8LxPwYc5VbRk0Dm7HsJf3Ag",
  deliveryId: "",
};

/** Names with their values, in order: JSON, or an object. */
type Fields = Map<string, string | Fields>;

export function sampleOf({ message }: FlatDescription): Sample {
  const described = new Map<string, string[]>();
  const texts = message.texts();
  for (let at = 0; at + 1 < texts.length; at += 2) {
    described.set(texts[at]!, [...(described.get(texts[at]!) ?? []), texts[at + 1]!]);
  }
  const all = (key: string): string[] => described.get(key) ?? [];
  const one = (key: string): string | undefined => all(key).at(-1);
  const content = [...(one("content") ?? "{body}").matchAll(/\{\{|\}\}|\{([^}]*)\}/g)].map(([, part]) => part ?? "");
  const payload = one("payload");
  const isForm = payload === "form" || (payload === "json-or-form" && content.includes("form"));

  const fields: Fields = new Map();
  const headers: [string, string][] = [];
  // In a form a path is one name, dots included.
  const add = (path: string, json: string): Fields => put(fields, isForm ? [path] : path.split("."), json);
  const addSource = (source: string | undefined, json: string): void => {
    const [kind, place] = parts(source);
    if (kind === "header") {
      headers.push([place, unquoted(json)]);
    } else if (kind === "body" || kind === "joined") {
      (kind === "body" ? [place] : place.split(",")).forEach((path) => add(path, json));
    }
  };

  // What comes first keeps its place: what is signed or read, before what is only usual.
  const signatureField = one("signature_field");
  if (signatureField !== undefined) {
    add(signatureField, '""');
  }
  const timestampField = one("timestamp_field");
  if (timestampField !== undefined) {
    add(timestampField, timeIn(one("timestamp_format")));
  }
  const [id, type, time] = [first(all("event_id")), first(all("event_type")), first(all("event_time"))];
  // Joined texts are no time.
  const eventTime = parts(time)[0] === "joined" ? undefined : time;
  addSource(id, ID);
  addSource(first(all("dedupe")), ID);
  addSource(type, TYPE);
  addSource(eventTime, timeIn(one("event_time_format")));
  for (const [kind, path] of content.map(parts)) {
    if (kind === "field" || kind === "line") {
      add(path, TEXT);
    }
  }
  for (const [name, source, json] of [
    ["id", id, ID],
    ["type", type, TYPE],
    ["timestamp", eventTime, TIME],
  ] as const) {
    if (!["body", "joined"].includes(parts(source)[0])) {
      add(name, json);
    }
  }
  if (!isForm) {
    add(one("data") ?? "data", DATA);
  }

  if (isForm) {
    const form = [...fields].map(([name, json]): [string, string] => [name, unquoted(json as string)]);
    return { ...OF_NO_PROVIDER, contentType: FORM_TYPE, headers, form };
  }
  const items = one("signature_items");
  // The paths that were filled begin at an item.
  const whole = items === undefined ? fields : put(new Map(), items.split("."), `[${written(fields)}]`);
  return { ...OF_NO_PROVIDER, contentType: JSON_TYPE, headers, json: written(whole) };
}

/**
 * The source to fill. Several fields that are joined cannot give a text that was chosen, so that they
 * are left out where there is another source.
 */
function first(sources: string[]): string | undefined {
  return sources.find((source) => parts(source)[0] !== "joined") ?? sources[0];
}

/** What stands before the first colon, and behind it. */
function parts(source = ""): [string, string] {
  const colon = source.indexOf(":");
  return colon < 0 ? [source, ""] : [source.slice(0, colon), source.slice(colon + 1)];
}

function timeIn(format: string | undefined): string {
  return format === "rfc3339" ? TIME : `{{${format ?? "seconds"}}}`;
}

/** What a template of JSON is as text. */
function unquoted(json: string): string {
  return json.replace(/^"|"$/g, "");
}

/** Adds the field at these names, unless something is there or on the way. */
function put(fields: Fields, [name, ...inner]: string[], json: string): Fields {
  const found = fields.get(name!);
  if (inner.length === 0) {
    fields.set(name!, found ?? json);
  } else if (typeof found !== "string") {
    fields.set(name!, put(found ?? new Map(), inner, json));
  }
  return fields;
}

function written(fields: Fields): string {
  const members = [...fields].map(([name, value]) => {
    return `${JSON.stringify(name)}:${typeof value === "string" ? value : written(value)}`;
  });
  return `{${members.join(",")}}`;
}
