"""Free memory goes back to the system, where the C library knows how."""

from rag.memory import give_back


def test_free_memory_is_given_back_without_a_fuss() -> None:
    give_back()
