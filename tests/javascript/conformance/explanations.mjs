/** The kinds of cases of reports on refused requests. */

export const EXPLANATIONS = { explain, detect };

function explain({ countersign }, { scheme, secrets, tolerance, method, url, key, headers, body_b64, now }) {
  const { Scheme, Tolerance } = countersign;
  const webhook = {
    scheme: typeof scheme === "string" ? scheme : new Scheme(scheme),
    secrets,
    tolerance: tolerance && new Tolerance(tolerance),
  };
  const body = Uint8Array.from(atob(body_b64), (unit) => unit.charCodeAt(0));
  const report = countersign.explain(webhook, { body, headers, method, url, key, now });
  const { accepted, keyIndex, ...rest } = report;
  if (accepted !== (keyIndex !== null)) {
    throw new Error("the report has two verdicts");
  }
  return { key_index: keyIndex, ...rest };
}

function detect({ countersign }, { headers }) {
  return { schemes: countersign.detect(headers) };
}
