import * as countersign from "countersign";

import { run } from "../../conformance.mjs";

export default {
  async fetch(request) {
    return Response.json(run(countersign, await request.json()));
  },
};
