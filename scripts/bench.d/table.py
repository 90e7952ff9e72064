"""table.py sync|hourly RESULTS: medians of the measured runs as a Markdown table."""

import statistics
import sys

subject, path = sys.argv[1:]
cases = {}
with open(path) as file:
    for line in file:
        case, who, *figures = line.rstrip("\n").split("\t")
        cases.setdefault(case, {}).setdefault(who, []).append(figures)


def median(rows, column):
    return statistics.median(float(row[column] or 0) for row in rows)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def sync(case, ours, curl, psql):
    wall, calls = median(ours, 0), median(ours, 3)
    trips = f"{median(ours, 5):.0f}" if ours[0][5] else ""
    low, high = (pick(float(figures[0]) for figures in ours) for pick in (min, max))
    floor = {who: median(rows, 0) for who, rows in (("curl", curl), ("psql", psql))}
    row(case, f"{calls:,.0f}", f"{wall:.2f} s ({low:.2f}–{high:.2f})", f"{calls / wall:,.0f}",
        f"{median(ours, 1):.2f} s", f"{median(ours, 2) / 1024:.0f} MB", f"{median(ours, 4):,.0f}", trips,
        f"{floor['psql']:.2f} s", f"{floor['curl']:.2f} s ({median(curl, 3):.0f})",
        f"{wall / floor['psql']:.2f}", f"{wall / max(floor.values()):.2f}")


def hourly(case, ours, curl, psql):
    wall, floor = median(ours, 0), median(curl, 0) + median(psql, 0)
    row(case, f"{median(ours, 5):,.0f}", f"{median(ours, 4):,.0f}", f"{wall * 1000:.0f} ms",
        f"{median(ours, 1) * 1000:.0f} ms", f"{median(ours, 2) / 1024:.0f} MB",
        f"{median(curl, 0) * 1000:.0f} ms ({median(curl, 3):.0f})", f"{median(psql, 0) * 1000:.0f} ms",
        f"{wall / floor:.2f}")


if subject == "sync":
    heads = ("case", "calls", "wall (range)", "calls/s", "CPU", "peak memory", "rows written",
             "round trips a page", "psql", "curl (requests)", "wall / psql", "wall / larger")
else:
    heads = ("case", "stored", "rows written", "wall", "CPU", "peak memory", "curl (requests)", "psql",
             "wall / (curl + psql)")
row(*heads)
row(*("---" for _ in heads))
for case, measured in cases.items():
    {"sync": sync, "hourly": hourly}[subject](
        case, measured["twilio-sync"], measured["curl"], measured["psql"])
