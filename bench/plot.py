"""Lines over two logarithmic axes, as SVG."""

from __future__ import annotations

from math import ceil, floor, log10

Line = list[tuple[float, float]]
WIDTH, HEIGHT, EDGE = 640, 400, 60
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


def plotted(lines: dict[str, Line], across: str, upwards: str) -> str:
    """A drawing of lines by name, with decades marked on both axes."""
    points = [point for line in lines.values() for point in line]
    (left, right), (low, high) = (
        (floor(log10(min(values))), max(ceil(log10(max(values))), floor(log10(min(values))) + 1))
        for values in ([x for x, _ in points], [y for _, y in points])
    )

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            EDGE + (log10(x) - left) / (right - left) * (WIDTH - 2 * EDGE),
            HEIGHT - EDGE - (log10(y) - low) / (high - low) * (HEIGHT - 2 * EDGE),
        )

    drawn = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    for decade in range(left, right + 1):
        x, y = at(10**decade, 10**low)
        drawn.append(f'<path d="M{x:.0f} {y:.0f}V{EDGE}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x:.0f}" y="{y + 18:.0f}" text-anchor="middle">{10**decade:,}</text>')
    for decade in range(low, high + 1):
        x, y = at(10**left, 10**decade)
        drawn.append(f'<path d="M{x:.0f} {y:.0f}H{WIDTH - EDGE}" stroke="#ddd"/>')
        drawn.append(f'<text x="{x - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{10.0**decade:g}</text>')
    drawn.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 20}" text-anchor="middle">{across}</text>')
    drawn.append(f'<text x="12" y="{EDGE - 24}">{upwards}</text>')
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in line)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>'.format(*at(*point), colour) for point in line]
        drawn.append(f'<text x="{EDGE + 10}" y="{EDGE + 16 + 18 * number}" fill="{colour}">{name}</text>')
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">\n{body}\n</svg>\n'
    )
