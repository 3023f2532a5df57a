"""Signs the jobs of a file with the Python package; prints the headers of each."""

from __future__ import annotations

import json
import sys

from countersign import Webhook

with open(sys.argv[1], encoding="utf-8") as file:
    jobs = json.load(file)
signed = [Webhook(job["scheme"], job["secret"]).sign(job["body"], id=job["id"]) for job in jobs]
print(json.dumps(signed))
