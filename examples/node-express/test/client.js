// Requests as they arrive from a provider, over real connections.

import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { signedRequest } from "countersign/testing";

export const SECRET = "a new secret, with a comma";
export const OLD_SECRET = "an old secret";
export const TOKEN = "the token of the list";
export const PAYMENT = {
  id: "evt_1",
  type: "payment.succeeded",
  timestamp: 1700000000,
  data: { amount: 5 },
};

/** A request in the plain scheme `sha256`. */
export function signed(payload, secret = SECRET) {
  const { body, headers } = signedRequest("sha256", secret, payload);
  return { body, headers: { ...headers, "content-type": "application/json" } };
}

export function client(origin) {
  const post = (body, headers) => send(origin, "POST", "/webhooks", headers, body);
  return {
    post,
    deliver(payload, secret) {
      const { body, headers } = signed(payload, secret);
      return post(body, headers);
    },
    list(authorization = `Bearer ${TOKEN}`) {
      const headers = authorization === null ? {} : { authorization };
      return send(origin, "GET", "/webhooks/events", headers);
    },
    send: (method, path, headers, body) => send(origin, method, path, headers, body),
    sendRaw: (bytes) => sendRaw(origin, bytes),
  };
}

/** Unlike `fetch` it can send a header twice: its value is a list then. */
async function send(origin, method, path, headers, body) {
  const response = await new Promise((resolve, reject) => {
    const request = httpRequest(new URL(path, origin), { method, headers, agent: false });
    request.once("response", resolve).once("error", reject).end(body);
  });
  const answer = await text(response);
  const isJson = response.headers["content-type"]?.startsWith("application/json");
  return {
    status: response.statusCode,
    headers: response.headers,
    body: isJson ? JSON.parse(answer) : answer,
  };
}

/** Sends bytes as they are, and returns the answer as text: its head and its JSON. */
function sendRaw(origin, bytes) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = "";
    socket.setEncoding("latin1").setTimeout(10_000, () => {
      socket.destroy(new Error(`there was no whole answer in time: ${answer}`));
    });
    socket.on("error", reject).on("data", (data) => {
      answer += data;
      if (!/\r\n\r\n.*\}/s.test(answer)) return;
      resolve(answer);
      socket.destroy();
    });
  });
}
