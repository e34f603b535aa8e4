"""One JSON object a line on standard output."""

import json
import sys
from typing import TextIO

Line = dict[str, object]


def say(line: Line, output: TextIO = sys.stdout) -> None:
    output.write(json.dumps(line) + "\n")
    output.flush()
