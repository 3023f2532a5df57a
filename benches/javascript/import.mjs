/** Prints how many milliseconds pass from the import of the package to its first verdict. */

const body = '{"type":"ping"}';
const headers = {
  "x-hub-signature-256": "sha256=cb3b8c8b0f3b1a2ca6d0ce3a9e4a8f3b0a6f6a9b6c3d2e1f0a9b8c7d6e5f4a3b",
};

const start = performance.now();
const { Webhook } = await import("countersign");
const webhook = new Webhook("github", "It's a Secret to Everybody");
try {
  webhook.verify(body, headers);
  throw new Error("a wrong signature was accepted");
} catch (error) {
  if (error.code !== "signature_mismatch") {
    throw error;
  }
}
console.log(performance.now() - start);
