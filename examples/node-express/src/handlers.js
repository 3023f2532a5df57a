// What this application does with its events.

/** Registers a handler for each type of event that matters here. */
export function registerHandlers(webhooks) {
  webhooks.on("payment.succeeded", ({ id }) => {
    console.log("a payment succeeded:", JSON.stringify(id));
  });
  webhooks.on("payment.failed", ({ id }) => {
    console.log("a payment failed:", JSON.stringify(id));
  });
}
