"""The Python runner of bench/primitives/contract.md."""
