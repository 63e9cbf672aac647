"""The assembler, against instructions written by hand."""

import struct

import pytest

from jobs.adapters.sandbox import seccomp


def test_jumps_are_counted_from_the_next_instruction() -> None:
    lines: list[seccomp.Line | str] = [
        seccomp.Line(0x20, 4),
        seccomp.Line(0x15, 7, yes="end", no="mid"),
        "mid",
        seccomp.Line(6, 1),
        "end",
    ]
    program = seccomp.assemble([*lines, seccomp.Line(6, 2)])
    assert [struct.unpack("=HBBI", program[at : at + 8]) for at in range(0, len(program), 8)] == [
        (0x20, 0, 0, 4),
        (0x15, 1, 0, 7),
        (6, 0, 0, 1),
        (6, 0, 0, 2),
    ]


def test_a_jump_too_far_is_refused() -> None:
    far = [seccomp.Line(6, 0)] * 300
    with pytest.raises(ValueError, match="too far"):
        seccomp.assemble([seccomp.Line(0x15, 1, yes="end"), *far, "end", seccomp.Line(6, 1)])


@pytest.mark.parametrize("machine", [seccomp.X86_64, seccomp.AARCH64])
def test_both_machines_have_a_program(machine: str) -> None:
    program = seccomp.program(machine)
    assert len(program) % 8 == 0
    last = struct.unpack("=HBBI", program[-8:])
    assert last == (6, 0, 0, 0x80000000)


def test_another_machine_has_none() -> None:
    with pytest.raises(KeyError):
        seccomp.program("riscv64")
