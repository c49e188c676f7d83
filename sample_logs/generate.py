"""Write the sample logs and what must be measured in them.

    python sample_logs/generate.py            writes beside this file
    python sample_logs/generate.py FOLDER     writes into FOLDER

The same files come out every time, byte for byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Write everything; the exit code is 0."""
    sys.dont_write_bytecode = True  # no caches among the logs
    from generator.campaign import write

    write(Path(arguments[0]) if arguments else HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
