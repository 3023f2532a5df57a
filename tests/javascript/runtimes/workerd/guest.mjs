import * as countersign from "countersign";
import * as receiver from "countersign/receiver";

import { run } from "../../conformance.mjs";

export default {
  async fetch(request) {
    return Response.json(run({ ...countersign, ...receiver }, await request.json()));
  },
};
