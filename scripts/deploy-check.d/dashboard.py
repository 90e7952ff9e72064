"""Asks a Prometheus for every expression of a Grafana dashboard.

    dashboard.py DASHBOARD METRICS PROMETHEUS

DASHBOARD is the dashboard's JSON, METRICS the text of a /metrics, PROMETHEUS the address of one that scrapes it.
"""

import json
import re
import sys
import urllib.parse
import urllib.request

dashboard_path, metrics_path, prometheus = sys.argv[1:]
with open(dashboard_path, encoding="utf-8") as file:
    dashboard = json.load(file)
with open(metrics_path, encoding="utf-8") as file:
    families = set(re.findall(r"^# TYPE (\S+)", file.read(), re.MULTILINE))
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
targets = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
faults, empty = [], 0
for title, expression in targets:
    for name in re.findall(r"\b(?:twilio_sync|process)_\w+", expression):
        if name not in families and re.sub(r"_(bucket|sum|count)$", "", name) not in families:
            faults.append(f"{title}: no metric {name}")
    query = expression.replace("$job", "twilio-sync").replace("$__rate_interval", "1m")
    url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    try:
        with opener.open(url, timeout=10) as response:
            empty += not json.load(response)["data"]["result"]
    except urllib.error.HTTPError as error:
        faults.append(f"{title}: {json.load(error)['error']}")
for grid in [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]:
    if grid[1]["x"] + grid[1]["w"] > 24:
        faults.append(f"{grid[0]}: wider than the page")
if empty:
    faults.append(f"{empty} expressions have no result")
if faults:
    sys.exit("\n".join(faults))
print(f"{len(panels)} panels, {len(targets)} expressions, all with a result")
