from raft.core.generator import advance, mix, seed_of


def test_draws_are_the_contracts() -> None:
    state, draws = 0, []
    for _ in range(4):
        state = advance(state)
        draws.append(mix(state))
    assert draws == [1684164658, 3653269916, 2939563536, 2141751570]
    assert state == 2027808484
    assert [mix(advance(start)) for start in (1, 2**32 - 1)] == [1580013426, 3950124170]


def test_every_incarnation_has_its_own_seed() -> None:
    assert [seed_of(1, 1, 1), seed_of(1, 2, 1), seed_of(1, 1, 2)] == [2607744966, 1089939067, 1669406506]
