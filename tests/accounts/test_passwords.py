"""Passwords: any words, but not those that others would guess (SEC-14, SEC-15)."""

import threading

import pytest

from accounts.rules import password_fault
from accounts.services import passwords
from accounts.services.passwords import common_passwords, hash_password, is_password
from tools.common_passwords import common_passwords as made


def fault(password: str, *own_words: str) -> bool:
    return password_fault(password, own_words=own_words, blocked=common_passwords()) is not None


def test_sec_14_the_list_is_long_enough_and_is_what_the_tool_makes() -> None:
    assert len(common_passwords() - {""}) >= 3000
    assert common_passwords() - {""} == set(made())


@pytest.mark.parametrize(
    "password",
    [
        "1234567",
        "12345678",
        "87654321",
        "aaaaaaaa",
        "abcdefgh",
        "password",
        "Password1",
        "P@ssw0rd",
        "qwertyuiop",
        "йцукенгш",
        "ytrewq123",
        "1qaz2wsx",
        "құпиясөз",
        "Qazaqstan2026",
        "Топтама2026",
        "toptama!!!",
        "gfhjkm123",
        "ghbdtn123",
        "ещзефьф2026",
        "njgnfvf2026",
        "бағдарлама1",
        "01011990",
        "пароль123",
        "алматы2026",
    ],
)
def test_sec_14_common_passwords_are_refused_in_either_layout(password: str) -> None:
    assert fault(password)


@pytest.mark.parametrize(
    "password",
    [
        "aq baqta jatyr",
        "correct horse battery",
        "Үш арыстан мен қоян",
        "🐎🐫🐏🐐 төрт түлік",
        "x7#kQ9!vLm",
        " " * 4 + "kok tonnyn ishi",
    ],
)
def test_sec_14_whatever_people_put_together_is_taken(password: str) -> None:
    assert not fault(password)


def test_sec_14_length_has_a_floor_and_a_far_ceiling() -> None:
    assert fault("kök tön")
    assert not fault("бір нәрсе айту керек " * 6)
    assert fault("aq baqta jatyr " * 40)


def test_sec_14_own_names_are_refused() -> None:
    assert fault("serikbay2026", "serikbay")
    assert fault("Семей12345", "семей")
    assert not fault("serikbay jailauda", "serikbay")


def test_sec_15_the_hash_says_how_it_was_made() -> None:
    kept = hash_password("kök börі")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_password(kept, "kök börі")
    assert not is_password(kept, "kök börі ")
    assert not is_password(None, "kök börі")
    assert not is_password("not a hash", "kök börі")


def test_sec_14_letters_composed_otherwise_are_the_same_password() -> None:
    assert is_password(hash_password("Байтұрсынұлы й"), "Байтұрсынұлы и\u0306")


def test_sec_15_no_more_than_two_passwords_are_checked_at_once() -> None:
    kept, running, most, lock = hash_password("kök börі"), 0, 0, threading.Lock()

    def check() -> None:
        nonlocal running, most
        with passwords._turn():
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.01)
            with lock:
                running -= 1

    threads = [threading.Thread(target=check) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    assert is_password(kept, "kök börі")
