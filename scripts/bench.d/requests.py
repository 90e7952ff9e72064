"""requests.py BASE USER:PASSWORD COUNT: reads the simulator's record of requests and writes those behind
the first COUNT that were answered well as a configuration of curl, all bodies going nowhere."""

import json
import sys

base, user, count = sys.argv[1:]
print(f'user = "{user}"\nnoproxy = "*"\nsilent\nshow-error\nfail')
for request in json.load(sys.stdin)["requests"][int(count):]:
    if request["status"] == 200:
        print(f'url = "{base}{request["target"]}"\noutput = "/dev/null"')
