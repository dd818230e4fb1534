"""Texts that try to reach out, against each wall alone: `python -m bench.soak walls`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from bench import run
from bench.soak.asking import Options, verdict
from bench.soak.texts import Text, texts
from bench.soak.unwalled import NO_NAMESPACE, led, perform
from tests.test_outbound import Listener, listening

ALLOWED = "http://allowed.example/"
"""The service that may be asked, where one may."""
TEXTS = 10_000
"""Generated texts for each wall."""


def walls(_: Options) -> bool:
    """Ten thousand queries and updates against the guard alone, and against the namespace alone."""
    with listening() as heard:
        given = placed(texts(TEXTS), heard.port)
        run.note("without any wall")
        free, connections = unwalled(given, heard)
        kinds = Counter(f"{'reaching' if one.reaching else 'harmless'}, {became}" for one, became in zip(given, free, strict=True))  # fmt: skip
        good = verdict(
            connections > len(given) / 4 and not kinds["harmless, no SPARQL"],
            f"without any wall {len(given):,} texts ({dict(kinds)}) make {connections:,} connections",
        )
        run.note("the namespace alone")
        became, connections = unwalled(given, heard, "--leave")
        told = f"the namespace alone, the same texts, run {became.count('run'):,}, connections: {connections}"
        good &= verdict(bool(became) and not connections, told if became else "this system gives no network namespace")
        run.note("the guard alone")
        before = len(heard.callers)
        became, leaky = guarded(given, heard)
        counts = dict(Counter(became))
        good &= verdict(
            len(heard.callers) == before,
            f"the guard alone, the same texts, {counts}, connections: {len(heard.callers) - before}",
        )
        spoiled = [
            one.text for one, now, then in zip(given, became, free, strict=True) if not one.reaching and now != then
        ]
        good &= verdict(not spoiled, f"harmless texts that the guard refused: {len(spoiled)}")
        run.note("the guard alone, where one service may be asked")
        before = len(heard.callers)
        with listening() as relay:
            taken = [
                text for text in aimed(given, heard.port) if led(text, {ALLOWED: f"http://127.0.0.1:{relay.port}"})
            ]
            good &= verdict(
                len(heard.callers) == before and bool(relay.callers),
                f"the guard alone with a list, {len(taken):,} queries run, connections to who is listed: "
                f"{len(relay.callers):,}, to others: {len(heard.callers) - before}",
            )
        run.note("the namespace alone, with its loopback up")
        became, connections = unwalled(given, heard, "--leave", "--loopback")
        told = f"the namespace alone with its loopback up, run {became.count('run'):,}, connections: {connections}"
        good &= verdict(bool(became) and not connections, told if became else "this system gives no network namespace")
        for text in leaky[:10] + spoiled[:10]:
            print("    wrong:", repr(text))
    return good


def aimed(given: Iterable[Text], port: int) -> Iterator[str]:
    """The queries as they are, and aimed at the service that may be asked."""
    for one in given:
        if not one.update:
            yield one.text
            yield one.text.replace(f"http://127.0.0.1:{port}/", ALLOWED)


def placed(generated: Iterable[Text], port: int) -> list[Text]:
    """The texts, aimed at the port."""
    return [one._replace(text=one.text.replace("{port}", str(port))) for one in generated]


def guarded(given: Iterable[Text], heard: Listener) -> tuple[list[str], list[str]]:
    """Run them all in this process, which has its network, behind the guard: what became of each, which connected."""
    became, leaky = [], []
    for text, update, _ in given:
        before = len(heard.callers)
        became.append(perform(text, update=update))
        if len(heard.callers) > before:
            leaky.append(text)
    return became, leaky


def unwalled(given: Iterable[Text], heard: Listener, *options: str) -> tuple[list[str], int]:
    """Run them all without the guard: what became of each, none where there is no namespace; the connections made."""
    before = len(heard.callers)
    lines = "".join(json.dumps([text, update]) + "\n" for text, update, _ in given)
    command = [sys.executable, "-m", "bench.soak.unwalled", *options]
    done = subprocess.run(command, input=lines, text=True, capture_output=True, timeout=1800)
    if done.returncode == NO_NAMESPACE:
        return [], 0
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-1000:]}")
    return json.loads(done.stdout), len(heard.callers) - before
