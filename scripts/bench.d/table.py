"""table.py sync|hourly|audit|http RESULTS: medians of the measured runs as a Markdown table."""

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


def audit(case, ours, curl):
    wall, floor = median(ours, 0), median(curl, 0)
    row(case, f"{median(ours, 3):,.0f}", f"{wall:.2f} s", f"{median(ours, 1):.2f} s", f"{median(ours, 2) / 1024:.0f} MB",
        f"{floor:.2f} s ({median(curl, 3):.0f})", f"{wall / floor:.1f}")


def http_load(measured):
    """A row a server, and one of what twilio-sync does for each of nginx's."""
    row("case", "server", "requests/s", "p50", "p99", "CPU a request", "requests per CPU second", "memory")
    row(*("---" for _ in range(8)))
    for case in ("keep-alive", "close"):
        figures = {}
        for who, rows in measured.get(case, {}).items():
            rates = [int(r[3]) / float(r[0]) for r in rows]
            per_cpu = [int(r[3]) / float(r[1]) for r in rows]
            figures[who] = [statistics.median(rates), median(rows, 4), median(rows, 5),
                            statistics.median(per_cpu), median(rows, 2)]
        for who, (rate, p50, p99, per_cpu, memory) in figures.items():
            row(case, who, f"{rate:,.0f}", f"{p50 / 1000:.2f} ms", f"{p99 / 1000:.2f} ms",
                f"{1e6 / per_cpu:.1f} µs", f"{per_cpu:,.0f}", f"{memory / 1024:.1f} MB")
        if figures:
            ratio = [ours / theirs for ours, theirs in zip(figures["twilio-sync"], figures["nginx"])]
            row(case, "ratio", *(f"{r:.2f}" for r in ratio[:3]), f"{1 / ratio[3]:.2f}", f"{ratio[3]:.2f}",
                f"{ratio[4]:.2f}")


def http_memory(measured):
    """What idle connections and an hour's requests leave in memory."""
    print()
    row("case", "server", "before", "after", "growth")
    row(*("---" for _ in range(5)))
    for case in ("idle", "hour"):
        for who, rows in measured.get(case, {}).items():
            before, after, count = (int(figure) for figure in rows[0])
            growth = after - before
            each = f"{growth / count:.1f} KB a connection" if case == "idle" else f"{growth / 1024:+.1f} MB"
            row(f"{count:,} " + ("idle connections" if case == "idle" else "requests"), who,
                f"{before / 1024:.1f} MB", f"{after / 1024:.1f} MB", each)


if subject == "http":
    http_load(cases)
    http_memory(cases)
    sys.exit()
if subject == "sync":
    heads = ("case", "calls", "wall (range)", "calls/s", "CPU", "peak memory", "rows written",
             "round trips a page", "psql", "curl (requests)", "wall / psql", "wall / larger")
elif subject == "audit":
    heads = ("case", "calls", "wall", "CPU", "peak memory", "curl (requests)", "wall / curl")
else:
    heads = ("case", "stored", "rows written", "wall", "CPU", "peak memory", "curl (requests)", "psql",
             "wall / (curl + psql)")
row(*heads)
row(*("---" for _ in heads))
for case, measured in cases.items():
    {"sync": sync, "hourly": hourly, "audit": audit}[subject](case, *measured.values())
