/** What the providers send, as templates. The data are the core's; `cargo xtask schemes` writes them. */

/** A request without its signature, with places such as `{{id}}` for what a test may want otherwise. */
export interface Sample {
  /** The name of the scheme. */
  readonly scheme: string;
  /** Types that begin with this choose the sample; of the scheme's first it is empty. */
  readonly forTypes: string;
  readonly type: string;
  readonly id: string;
  /** The id of the delivery, where it is another than the event's. */
  readonly deliveryId: string;
  readonly contentType: string;
  readonly headers: readonly (readonly [string, string])[];
  /** The template of a JSON body. */
  readonly json?: string;
  /** The names of a form with the templates of their values. */
  readonly form?: readonly (readonly [string, string])[];
}

/** What stands in the places. */
export interface Values {
  readonly id: string;
  /** Absent where there is no id at all. */
  readonly deliveryId: string | undefined;
  readonly type: string;
  readonly milliseconds: number;
}

export const JSON_TYPE = "application/json";
export const FORM_TYPE = "application/x-www-form-urlencoded";

/** The last instant whose year has four digits. */
const LAST = 253_402_300_799_999;

let samples: readonly Sample[] = [];

/** Called once, by the entry that has them. */
export function provide(all: readonly Sample[]): void {
  samples = all;
}

/** The scheme's sample for this type, if the scheme is registered. */
export function select(scheme: string, type: string | undefined): Sample | undefined {
  const ofScheme = samples.filter((sample) => sample.scheme === scheme);
  const chosen = ofScheme.find(({ forTypes }) => forTypes !== "" && type?.startsWith(forTypes));
  return chosen ?? ofScheme[0];
}

export function valuesOf(
  sample: Sample,
  id: string | undefined,
  type: string | undefined,
  now: number,
): Values {
  const deliveryId = id ?? (sample.deliveryId === "" ? sample.id : sample.deliveryId);
  return {
    id: id ?? sample.id,
    deliveryId: deliveryId === "" ? undefined : deliveryId,
    type: type ?? sample.type,
    milliseconds: Math.min(Math.floor(now * 1e3), LAST),
  };
}

/** A template whose places are text. */
export function fillText(template: string, values: Values): string {
  return fill(template, values, (text) => text);
}

export function bodyOf(sample: Sample, values: Values): string {
  if (sample.form === undefined) {
    return fill(sample.json!, values, (text) => JSON.stringify(text).slice(1, -1));
  }
  return new URLSearchParams(
    sample.form.map(([name, value]) => [name, fillText(value, values)]),
  ).toString();
}

/** What the provider would say of this payload. */
export function contentTypeOf(sample: Sample, body: Uint8Array): string {
  const first = body.find((byte) => ![0x20, 0x09, 0x0a, 0x0c, 0x0d].includes(byte));
  const isForm = first !== 0x7b && first !== 0x5b;
  if (isForm === (sample.form !== undefined)) {
    return sample.contentType;
  }
  return isForm ? FORM_TYPE : JSON_TYPE;
}

function fill(template: string, values: Values, write: (text: string) => string): string {
  const time = new Date(values.milliseconds).toISOString();
  const places: Record<string, string> = {
    id: write(values.id),
    id_value: /^(0|[1-9][0-9]*)$/.test(values.id) ? values.id : `"${write(values.id)}"`,
    delivery_id: write(values.deliveryId ?? ""),
    type: write(values.type),
    seconds: String(Math.floor(values.milliseconds / 1e3)),
    milliseconds: String(values.milliseconds),
    time: time.slice(0, 19),
    thousandths: time.slice(20, 23),
  };
  return template.replace(/\{\{([a-z_]+)\}\}/g, (place, name: string) => places[name] ?? place);
}
