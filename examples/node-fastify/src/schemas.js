// What the payloads of events must be, by event type: JSON Schema 2020-12.
//
// A signature says who sent an event, not that it makes sense. Say no more here than the handlers
// rely on: the provider adds fields without asking.

export const SCHEMAS = {
  "payment.succeeded": {
    type: "object",
    required: ["data"],
    properties: {
      data: {
        type: "object",
        properties: { amount: { type: "integer", minimum: 0 } },
      },
    },
  },
};
