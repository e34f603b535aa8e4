"""splitmix32: the random numbers of the contract, bit for bit."""

WORD = 0xFFFF_FFFF


def mix(word: int) -> int:
    """The finaliser: a bijection of 32-bit words."""
    word = ((word ^ (word >> 16)) * 0x21F0AAAD) & WORD
    word = ((word ^ (word >> 15)) * 0x735A2D97) & WORD
    return word ^ (word >> 15)


def advance(state: int) -> int:
    """The state after the next draw, whose result is mix of it."""
    return (state + 0x9E37_79B9) & WORD


def seed_of(seed: int, node_id: int, incarnation: int) -> int:
    """The generator's state of a node's incarnation, or of the host itself (0, 0)."""
    return mix((mix((mix(seed) + node_id) & WORD) + incarnation) & WORD)
