"""Makes the Python environment of an implementation: make_env.py TARGET LOCK.

Every package and its hash come from LOCK, so every machine gets the same files. Uses uv where it is on PATH (it is
faster), else the standard library's venv and its pip. A tool that fails has its own text printed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

MIN_VERSION = (3, 11)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("usage: make_env.py TARGET LOCK", file=sys.stderr)
        return 2
    if sys.version_info < MIN_VERSION:
        print(f"make_env.py: needs Python 3.11 or newer, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    target, lock = (Path(argument).resolve() for argument in arguments)
    uv = shutil.which("uv")
    commands = uv_commands(uv, target, lock) if uv else pip_commands(target, lock)
    return run_all(commands)


def uv_commands(uv: str, target: Path, lock: Path) -> list[list[str]]:
    # --compile-bytecode, as pip does: else the first start would, and be slower than every other.
    install = [uv, "pip", "install", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
    return [
        [uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(target)],
        [*install, "--quiet", "--python", str(python_of(target)), "--requirement", str(lock)],
    ]


def pip_commands(target: Path, lock: Path) -> list[list[str]]:
    install = ["-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check"]
    return [
        [sys.executable, "-m", "venv", "--clear", str(target)],
        [str(python_of(target)), *install, "--quiet", "--requirement", str(lock)],
    ]


def python_of(target: Path) -> Path:
    return target / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_all(commands: list[list[str]]) -> int:
    for command in commands:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if result.returncode != 0:
            print(f"make_env.py: {' '.join(command)} ended with {result.returncode}:", file=sys.stderr)
            print(result.stdout, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
