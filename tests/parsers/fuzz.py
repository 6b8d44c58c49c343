"""Coverage-guided fuzzing of one parser: ``python -m tests.parsers.fuzz TARGET FOLDER -runs=20000`` (libFuzzer's options).

Several parsers one after the other, each in a child of one instrumented process, because instrumenting takes longer than a
short fuzzing does: ``python -m tests.parsers.fuzz --each FOLDER``, with a line ``TARGET<tab>RUNS`` for each on standard input.
Each leaves its corpus and what it said (``said``) in a folder of its own.

FOLDER keeps the corpus: it gets the good streams, and what the fuzzer finds interesting; give it again to go on.
The fuzzer wants a process of its own and ends it: 0 when the runs are over, another number when something broke; then the
bytes that broke it are printed, and replayed by naming the file that holds them. The package that a parser belongs to is
instrumented, so that "new" means new in our own code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "cctalk frames": ("hardware.cctalk.frames",),
    "cctalk frames with crc": ("hardware.cctalk.frames",),
    "cctalk host": ("hardware.cctalk",),
    "cctalk devices": ("hardware.cctalk", "hardware.simulators"),
    "mdb text lines": ("hardware.mdb.qibixx", "hardware.mdb.link"),
    "mdb hex lines": ("hardware.mdb.waferstar", "hardware.mdb.link", "hardware.mdb.messages"),
    "mdb host": ("hardware.mdb",),
    "mdb text box": ("hardware.mdb", "hardware.simulators"),
    "mdb hex box": ("hardware.mdb", "hardware.simulators"),
    "mdb machine host": ("hardware.mdb",),
    "mdb machine box": ("hardware.mdb", "hardware.simulators"),
    "ssp frames": ("hardware.ssp.frames",),
    "ssp host": ("hardware.ssp",),
    "ssp host with keys": ("hardware.ssp",),
    "ssp devices": ("hardware.ssp", "hardware.simulators"),
    "fafb frames": ("hardware.fafb.frames",),
    "fafb host": ("hardware.fafb",),
    "fafb device": ("hardware.fafb", "hardware.simulators"),
    "k1 frames": ("hardware.vmc96.frames",),
    "k1 host": ("hardware.vmc96",),
    "k1 device": ("hardware.vmc96", "hardware.simulators"),
    "scanner keys": ("hardware.scanner",),
    "scanner codes": ("hardware.scanner",),
    "printer answers": ("hardware.escpos.messages",),
    "printer host": ("hardware.escpos.host", "hardware.escpos.messages"),
    "barcode": ("inventory.barcode", "biip"),
    "goods file": ("inventory.goods_file",),
    "planogram": ("inventory.goods_file",),
    "configuration": ("kiosk.config", "tomllib"),
    "journal entry": ("kiosk.journal",),
    "debt code": ("kiosk.claims.code",),
    "typed amount": ("kiosk.i18n",),
}
"""Target -> the modules whose branches guide the fuzzer."""


def stream_input(name: str) -> Callable[[bytes], None]:
    """Bytes as a script: a pause in 4 ms steps, a length, then so many bytes; afterwards the parser must be well.

    What the parser told is not judged: a fuzzer may forge a whole valid frame. `lines` judges that.
    """
    from tests.parsers.benches import STREAMS

    parser = STREAMS[name]

    def play(script: bytes) -> None:
        bench, now_ms, at = parser.open(), 1_000, 0
        while at + 2 <= len(script):
            pause, size = script[at], script[at + 1]
            now_ms += pause * 4
            bench.feed(script[at + 2 : at + 2 + size], now_ms)
            assert bench.held <= parser.held_most
            at += 2 + size
        assert bench.probe(now_ms), "it does not read what comes after damage"

    return play


def scripted(good: Sequence[bytes]) -> list[bytes]:
    """The first good transmissions as scripts: what the fuzzer begins with."""
    return [
        b"".join(bytes((5, len(piece))) + piece for piece in good[at : at + 6] if len(piece) < 256)
        for at in range(0, min(len(good), 240), 6)
    ]


OPTIONS: Final = ("-seed=1", "-max_len=600", "-timeout=10")
"""libFuzzer's, for short runs that are equal every time."""


def fuzz(name: str, corpus: Path, options: Sequence[str]) -> None:
    """Fuzz a target whose modules are instrumented; ends the process."""
    import atheris  # type: ignore[import-untyped]  # ships no types

    from tests.parsers.benches import STREAMS, TEXTS

    seeds: list[bytes]
    if name in STREAMS:
        play, seeds = stream_input(name), scripted(STREAMS[name].good())
    else:
        play, seeds = TEXTS[name].read, list(TEXTS[name].good())
    for number, seed in enumerate(seeds):
        play(seed)
        (corpus / f"good-{number}").write_bytes(seed)
    atheris.Setup(["fuzz", str(corpus), *options], play)
    atheris.Fuzz()


def fuzz_each(folder: Path, wanted: Sequence[tuple[str, int]]) -> None:
    """Fuzz targets whose modules are instrumented, each in a child, and print how each ended: ``TARGET<tab>exit code``."""
    for name, runs in wanted:
        place = folder / name.replace(" ", "-")
        corpus = place / "corpus"
        corpus.mkdir(parents=True)
        child = os.fork()
        if child == 0:
            with (place / "said").open("wb") as said:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
            fuzz(name, corpus, (f"-runs={runs}", *OPTIONS, f"-artifact_prefix={place}/"))
            os._exit(1)  # the fuzzer ends the process itself
        _, status = os.waitpid(child, 0)
        print(f"{name}\t{os.waitstatus_to_exitcode(status)}", flush=True)


def main(arguments: Sequence[str]) -> None:
    """Fuzz the target that the first argument names, with the corpus of the second; the rest is libFuzzer's."""
    import atheris

    is_each = arguments[1] == "--each"
    named = TARGETS.values() if is_each else (TARGETS[arguments[1]],)
    with atheris.instrument_imports(include=sorted({module for modules in named for module in modules})):
        import tests.parsers.benches  # noqa: F401  # for its imports' sake
    if is_each:
        lines = (line.rstrip("\n").split("\t") for line in sys.stdin)
        fuzz_each(Path(arguments[2]), [(name, int(runs)) for name, runs in lines])
    else:
        fuzz(arguments[1], Path(arguments[2]), arguments[3:])


if __name__ == "__main__":
    main(sys.argv)
