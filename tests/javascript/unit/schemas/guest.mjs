import { differences } from "./cases.mjs";

export default {
  async fetch() {
    return Response.json(await differences());
  },
};
