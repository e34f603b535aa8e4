"""The algorithm: no clock, no timer, no I/O, no ambient random. Begin with node.py."""
