package raft

// Random is the state of a generator of 32-bit words, splitmix32.
type Random uint32

// Next draws a word.
func (r *Random) Next() uint32 {
	*r += 0x9e3779b9
	return mix(uint32(*r))
}

// SeedOf is the state that a node's generator starts from, in each of its incarnations. The host's own is that of node 0,
// incarnation 0.
func SeedOf(seed uint32, id, incarnation int) Random {
	return Random(mix(mix(mix(seed)+uint32(id)) + uint32(incarnation)))
}

func mix(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x21f0aaad
	x ^= x >> 15
	x *= 0x735a2d97
	return x ^ x>>15
}
