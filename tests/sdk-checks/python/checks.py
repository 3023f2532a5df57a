"""Has the providers' own Python libraries and Countersign judge the same random requests.

usage: python checks.py (light | further) OUTPUT [SEED]

Writes a row of JSON for each library, and exits with 1 if a verdict differs in a way that is not
named.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

SEED = 20261129


def main() -> int:
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in ("light", "further"):
        raise SystemExit(__doc__)
    seed = int(sys.argv[3]) if len(sys.argv) == 4 else SEED
    rows, failed = [], False
    for sdk in importlib.import_module(sys.argv[1]).SDKS:
        row, faults = sdk.check(seed)
        rows.append(row)
        differences = row["requests"] - row["agreed"]
        print(
            f"{row['package']} {row['version']}, {row['function']}: {row['agreed']} requests judged "
            f"alike, {row['accepted']} of them accepted; {differences} differ as named"
        )
        for fault in faults:
            print(f"  {fault}", file=sys.stderr)
        failed = failed or bool(faults)
    Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if failed:
        print(f"the seed is {seed}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
