"""day_of_calls.py DAY COUNT PHONE...: the calls of one UTC day for the simulator, a JSON array of 1,000 a line.

Each hour is as busy as the next. Of a hundred calls eighty are of case 1, ten of case 2, two transfers of a lead who
was called before, and eight come in, which are of no case.
"""

import json
import sys
from datetime import datetime, timedelta

day, count, phones = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def written(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def call(number):
    start = day + timedelta(seconds=number * 86_400 / count)
    end = start + timedelta(seconds=30 + number % 200)
    ours, lead = phones[number % len(phones)], f"+346{number % 30_000:08d}"
    kind = number % 100
    if kind < 90:
        parties = {"direction": "outbound-api" if kind < 80 else "trunking-terminating", "from": ours, "to": lead}
    elif kind < 98:
        parties = {"direction": "inbound", "from": lead, "to": ours}
    else:
        parties = {"direction": "trunking-originating", "from": f"+346{(number - kind) % 30_000:08d}", "to": "+34900000001"}
    return parties | {
        "sid": f"CA{number:032x}", "status": "completed", "duration": str(30 + number % 200), "price": "-0.01350",
        "price_unit": "USD", "date_created": written(start), "start_time": written(start), "end_time": written(end),
        "date_updated": written(end)}


for first in range(0, count, 1000):
    print(json.dumps([call(number) for number in range(first, min(first + 1000, count))]))
