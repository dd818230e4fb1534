"""Fills of areas and bars: rules, dots, stripes and hatching, each told from the others in black and white too."""

from __future__ import annotations

from collections.abc import Sequence

from kg.figures.drawing import Element, add
from kg.figures.states import Answer

RULES = 12
"""Pixels between the rules of a series."""


class Fills:
    """The fills of one figure: each is defined when it is first asked for, under an id that says what it is."""

    def __init__(self, definitions: Element, prefix: str) -> None:
        self._definitions, self._prefix, self._known = definitions, prefix, set[str]()

    def of(self, answer: Answer) -> str:
        """The fill of an area with this answer; of a dispute that of unknown, as its halves are drawn one by one."""
        series = [party.series for party in answer.parties]
        if answer.state == "controlled":
            return self.solid(series[0], own="self-claimed" in answer.flags)
        if answer.state == "possible" and series:
            return self.dots(series, assumed=answer.assumed)
        if answer.state == "contested":
            return self.stripes(series)
        return self.hatch()

    def solid(self, series: int, own: bool = False) -> str:
        """The colour of a series with its rules, and with dots of paper where it is only its own word."""
        name = f"s{series}{'-own' if own else ''}"
        if self._new(name):
            pattern = self._pattern(name, RULES, RULES)
            add(pattern, "rect", class_=f"f{series}", width=RULES, height=RULES)
            for line in _RULES[series]:
                add(pattern, "path", class_="rule", d=line)
            if own:
                for x, y in ((3, 3), (9, 9)):
                    add(pattern, "circle", class_="own", cx=x, cy=y, r=1.9)
        return self._url(name)

    def fine(self, series: int, own: bool = False) -> str:
        """The same as `solid`, in half the size: for bars."""
        name = f"b{series}{'-own' if own else ''}"
        if self._new(name):
            pattern = self._pattern(name, RULES / 2, RULES / 2)
            add(pattern, "rect", class_=f"f{series}", width=RULES / 2, height=RULES / 2)
            for line in _RULES[series]:
                add(pattern, "path", class_="rule", d=line, transform="scale(.5)")
            if own:
                add(pattern, "circle", class_="own", cx=3, cy=3, r=1.6)
        return self._url(name)

    def dots(self, series: Sequence[int], assumed: bool) -> str:
        """Paper with sparse dots in the colours of all who may hold the area; half as many where that is assumed."""
        name = f"{'assumed' if assumed else 'possible'}-{'-'.join(map(str, series))}"
        if self._new(name):
            width, height = 9 * len(series), 18 if assumed else 9
            pattern = self._pattern(name, width, height)
            add(pattern, "rect", class_="paper", width=width, height=height)
            for number, each in enumerate(series):
                add(pattern, "circle", class_=f"f{each}", cx=9 * number + 4.5, cy=4.5, r=2.2)
        return self._url(name)

    def stripes(self, series: Sequence[int]) -> str:
        """Stripes of the parties at 45°, 8 pixels each and 2 of paper between; of nobody who is not named."""
        name = f"contested-{'-'.join(map(str, series)) or 'nobody'}"
        if self._new(name):
            bands = list(series) if len(series) > 1 else [*series, None]
            pattern = self._pattern(name, 10 * len(bands), 10, "rotate(45)")
            add(pattern, "rect", class_="paper", width=10 * len(bands), height=10)
            for number, each in enumerate(bands):
                kind = "hatching" if each is None else f"f{each}"
                add(pattern, "rect", class_=kind, x=10 * number, width=8, height=10)
        return self._url(name)

    def hatch(self) -> str:
        """Thin grey lines on paper: unknown."""
        if self._new("unknown"):
            pattern = self._pattern("unknown", 8, 8, "rotate(-45)")
            add(pattern, "rect", class_="paper", width=8, height=8)
            add(pattern, "path", class_="hatch", d="M0 4H8")
        return self._url("unknown")

    def notches(self) -> str:
        """Notches of paper over another fill: in part only."""
        if self._new("partial"):
            pattern = self._pattern("partial", 30, 26)
            add(pattern, "path", class_="notch", d="M12 6h10v10z")
        return self._url("partial")

    def fade(self, series: int, begin: float, end: float) -> str:
        """The colour of a series from one opacity to another, from left to right."""
        name = f"fade-{series}-{begin:g}-{end:g}".replace(".", "")
        if self._new(name):
            gradient = add(self._definitions, "linearGradient", id=f"{self._prefix}-{name}")
            for offset, opacity in ((0, begin), (1, end)):
                add(gradient, "stop", class_=f"c{series}", offset=offset, stop_opacity=f"{opacity:g}")
        return self._url(name)

    def _new(self, name: str) -> bool:
        new = name not in self._known
        self._known.add(name)
        return new

    def _pattern(self, name: str, width: float, height: float, turned: str | None = None) -> Element:
        return add(
            self._definitions, "pattern", id=f"{self._prefix}-{name}", width=width, height=height,
            patternUnits="userSpaceOnUse", patternTransform=turned,
        )  # fmt: skip

    def _url(self, name: str) -> str:
        return f"url(#{self._prefix}-{name})"


_RULES: tuple[tuple[str, ...], ...] = (
    (),
    ("M0 6H12",),
    ("M6 0V12",),
    ("M0 6H12", "M6 0V12"),
    ("M0 0L12 12", "M12 0L0 12"),
)
"""The rules over the colour of each series: none, level, upright, both, crossed."""
