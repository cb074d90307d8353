"""The seeded accounts have IBANs that any bank would take."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulators.bank.credentials import Credentials
from simulators.bank.seed import CARDS, iban


@given(number=st.integers(0, 10**14 - 1))
def test_every_iban_has_right_check_digits(number: int) -> None:
    made = iban(f"{number:014d}")
    spelled = "".join(str(int(letter, 36)) for letter in made[4:] + made[:4])
    assert len(made) == 29
    assert int(spelled) % 97 == 1


def test_every_seeded_account_has_a_number_of_its_own() -> None:
    assert len({card.account_number for card in CARDS}) == len(CARDS)


def test_credentials_never_show_their_secrets() -> None:
    shown = repr(Credentials())
    assert "teller-passport" in shown
    assert "demo-word" not in shown
