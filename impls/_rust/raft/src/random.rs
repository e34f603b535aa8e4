/// The state of a generator of 32-bit words, splitmix32.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Random(pub u32);

impl Random {
    /// Draws a word.
    pub fn draw(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        mix(self.0)
    }
}

/// The state that a node's generator starts from, in each of its incarnations. The host's own is that of node 0, incarnation 0.
pub fn seed_of(seed: u32, id: u32, incarnation: u32) -> Random {
    Random(mix(mix(mix(seed).wrapping_add(id)).wrapping_add(incarnation)))
}

fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0x735a_2d97);
    x ^ x >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_contract() {
        let mut random = Random(0);
        assert_eq!([0; 4].map(|_: u32| random.draw()), [1_684_164_658, 3_653_269_916, 2_939_563_536, 2_141_751_570]);
        assert_eq!(random, Random(2_027_808_484));
        assert_eq!(Random(u32::MAX).draw(), 3_950_124_170);
        assert_eq!(
            [seed_of(1, 1, 1).0, seed_of(1, 2, 1).0, seed_of(1, 1, 2).0],
            [2_607_744_966, 1_089_939_067, 1_669_406_506]
        );
    }
}
