"""Write a control file in VIINA's form with a known set of changes: `python -m bench.observations --out FILE …`.

Every voice sees every place on every day; by default 33,000 places on 790 days make 26 million rows. `--changes` of
them are drawn at random (voice, place, day), so that their number is exact; `--order` puts the rows by day (as VIINA
does) or by place. Same arguments, same bytes.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np

START = date(2022, 2, 24).toordinal()
HEADING = b"geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status,vcontrol_version\n"
VOICES = 4
NAMES = np.array([b"UA", b"RU", b"CONTESTED"], object)


def statuses(places: int, days: int, changes: int, seed: int) -> np.ndarray:
    """What each voice sees (place, day, voice), as numbers in NAMES: exactly so many times it is another than the day
    before."""
    chance = np.random.default_rng(seed)
    turns = np.zeros(places * (days - 1) * VOICES, np.uint8)
    drawn = chance.choice(len(turns), changes, replace=False)
    turns[drawn] = chance.integers(1, len(NAMES), changes)
    turns = turns.reshape(places, days - 1, VOICES)
    begin = chance.integers(0, len(NAMES), (places, 1, VOICES), dtype=np.uint8)
    seen = np.concatenate([begin, turns], axis=1)
    # each turn is a step of one or two among three, so that it always leads to another
    for day in range(1, days):
        seen[:, day] = (seen[:, day] + seen[:, day - 1]) % len(NAMES)
    return seen


def write(path: Path, places: int, days: int, changes: int, seed: int = 1, order: str = "day") -> None:
    """Write the file."""
    seen = statuses(places, days, changes, seed)
    numbers = [b"%d" % (460_000 + 3 * place) for place in range(places)]
    dates = [date.fromordinal(START + day).strftime("%Y%m%d").encode() for day in range(days)]
    combined = {
        key: b",".join([*(NAMES[key // 3**voice % 3] for voice in range(VOICES)), NAMES[key // 9 % 3], b"2\n"])
        for key in range(3**VOICES)
    }
    codes = (seen * np.array([3**voice for voice in range(VOICES)], np.uint8)).sum(2, dtype=np.uint8)
    with path.open("wb", buffering=1 << 22) as file:
        file.write(HEADING)
        if order == "place":
            for place in range(places):
                head = numbers[place] + b","
                file.write(b"".join(head + dates[day] + b"," + combined[code]
                                    for day, code in enumerate(codes[place].tolist())))  # fmt: skip
        else:
            for day in range(days):
                tail = b"," + dates[day] + b","
                file.write(b"".join(numbers[place] + tail + combined[code]
                                    for place, code in enumerate(codes[:, day].tolist())))  # fmt: skip


def main() -> None:
    """Read the command line, write the file."""
    parser = argparse.ArgumentParser(description="Write an invented control file in VIINA's form.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--places", type=int, default=33_000)
    parser.add_argument("--days", type=int, default=790)
    parser.add_argument("--changes", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order", choices=("day", "place"), default="day")
    given = parser.parse_args()
    write(given.out, given.places, given.days, given.changes, given.seed, given.order)


if __name__ == "__main__":
    main()
