// What this application does with its events.
//
// A handler may be async. One that throws is answered 500, and the provider delivers the event
// again; it is called once for an event that it took. The provider waits for it: work that takes seconds belongs in a queue.

/** Registers the handlers. The most specific pattern takes an event. */
export function registerHandlers(receiver, events) {
  receiver.on("payment.succeeded", (event) => {
    console.log("a payment succeeded:", JSON.stringify(event.id));
    events.add(event);
  });
  receiver.on("payment.*", (event) => {
    console.log(`${JSON.stringify(event.type)} of a payment:`, JSON.stringify(event.id));
    events.add(event);
  });
  // Without a catch-all, events of other types are answered `ignored`.
  receiver.on("*", (event) => {
    console.log(`an event of type ${JSON.stringify(event.type)}:`, JSON.stringify(event.id));
    events.add(event);
  });
}
