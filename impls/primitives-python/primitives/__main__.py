"""Runs the case that the environment names. A process that a case spawns imports this file too: hence the guard."""

if __name__ == "__main__":
    import sys

    from primitives.main import main

    sys.exit(main())
