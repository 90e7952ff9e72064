"""Stands in for Twilio with answers in which something is wrong, and drives the program against them.

mutate.py PROGRAM FOLDER SECONDS SEED; the credentials and CRON_SECRET are in the environment. Exit status 1 when
a process died.
"""

import collections
import datetime
import http.client
import json
import os
import random
import socket
import socketserver
import subprocess
import sys
import threading
import time

program, folder, seconds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
account, secret = os.environ["TWILIO_ACCOUNT_SID"], os.environ["CRON_SECRET"]
path = f"/2010-04-01/Accounts/{account}/Calls.json"
began = time.monotonic()
deadline = began + seconds
lock = threading.Lock()
sent, kinds, ends, deaths, memory = 0, collections.Counter(), collections.Counter(), [], []

NUMBERS = ["-1", "0", "1", "2147483647", "2147483648", "9223372036854775", "9223372036854776",
           "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
           "1e400", "-1e-400", "NaN", "Infinity", "-Infinity", "0.1", "61.0", "007", "", " 7", "7 ", "٣",
           "9" * 39, "9" * 5000]
DATES = ["Sun, 15 Mar 0044 00:00:00 +0000", "Mon, 01 Jan 0001 00:00:00 +0000", "Sat, 01 Jan 0000 00:00:00 +0000",
         "Fri, 31 Dec 9999 23:59:59 +0000", "Fri, 31 Dec 9999 23:59:60 -2359", "Mon, 01 Jan 0001 00:00:00 +2359",
         "Sun, 31 Dec 294276 23:59:59 +0000", "infinity", "-infinity", "Thu, 01 Jan 1970 00:00:00 GMT",
         "2026-03-01T00:00:00Z", "Sun, 29 Feb 2026 00:00:00 +0000", "", "0", "Sun,  1 Mar 2026 09:05:07 +0000"]
TEXTS = ["", "+34910000001", "+34 910 000 001", "sip:+34910000001@a.example;user=phone", "client:\u674e",
         "whatsapp:+34910000001", "\u0000", "\ud83d\ude00" * 300, "anonymous", "+" + "9" * 4000, "'; --", "\\",
         "sip:%FF%00@b", "(0)", "+0", "\u202e+34", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668"]
DIRECTIONS = ["outbound-api", "trunking-terminating", "trunking-originating", "inbound", "outbound-dial", "", "x"]
STATUSES = ["completed", "queued", "in-progress", "busy", "no-answer", "canceled", "failed", "", "limbo"]
VALUES = [None, True, 0, -1, 1e308, 9223372036854775807, 9223372036854775808, [], {}, [[]], {"a": [1]}]


def rfc2822(moment):
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")


def call(rng):
    """A call of the last days, right in every field."""
    now = datetime.datetime.now(datetime.timezone.utc)
    start = now - datetime.timedelta(seconds=rng.choice([rng.randrange(3600), rng.randrange(300000)]))
    length = rng.randrange(900)
    end = start + datetime.timedelta(seconds=length)
    lead, own = f"+3460000{rng.randrange(40):04}", f"+3491000{rng.randrange(20):04}"
    return {
        "sid": "CA%032x" % rng.randrange(20000), "from": own, "to": lead,
        "direction": rng.choice(DIRECTIONS[:3]), "status": "completed", "duration": str(length),
        "start_time": rfc2822(start), "end_time": rfc2822(end), "date_created": rfc2822(start),
        "date_updated": rfc2822(end), "price": "-0.0%d" % rng.randrange(1, 99999), "price_unit": "USD",
    }


def spoiled(record, rng):
    """The call with some of its fields changed."""
    for _ in range(rng.randrange(1, 5)):
        key = rng.choice(list(record) or ["sid"])
        if rng.random() < 0.15:
            record[key] = rng.choice(VALUES)
        elif rng.random() < 0.1:
            record.pop(key, None)
        elif key in ("start_time", "end_time", "date_created", "date_updated"):
            record[key] = rng.choice(DATES)
        elif key in ("duration", "price"):
            record[key] = rng.choice(["", "-"]) + rng.choice(NUMBERS)
        elif key == "direction":
            record[key] = rng.choice(DIRECTIONS)
        elif key == "status":
            record[key] = rng.choice(STATUSES)
        elif key in ("from", "to"):
            record[key] = rng.choice(TEXTS)
        elif key == "sid":
            record[key] = rng.choice(["CA" + "f" * 32, "CA", "", "XX" + "0" * 32, "CA%032x" % rng.randrange(9)])
        else:
            record[key] = rng.choice(TEXTS + NUMBERS)
    return record


def next_page(rng, page):
    """What is named as the next page; None mostly, so that lists end."""
    draw = rng.random()
    if page > 0 and page % 7 == 0 and draw < 0.995:
        return None
    if draw < 0.75:
        return None
    if draw < 0.9:
        return f"{path}?PageSize=1000&Page={page + 1}&PageToken=PA{rng.randrange(10**6)}"
    if draw < 0.96:
        return f"{path}?PageSize=1000&Page={page % 2 + 1}&Circle=1"
    # Rarely, since each costs ten thousand answers.
    if draw < 0.9602:
        return f"{path}?PageSize=1000&Page={page + 1}&Endless=1"
    return rng.choice([f"{path}?Page={page}", "https://other.example" + path, 7, {}, "\\\\", "", "?", path,
                       path + "?" + "x" * 60000, "/2010-04-01/Accounts/AC/Calls.json"])


def changed_bytes(body, rng):
    body = bytearray(body)
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(body) + 1)
        draw = rng.random()
        if draw < 0.4 and place < len(body):
            body[place] ^= 1 << rng.randrange(8)
        elif draw < 0.6:
            body[place:place] = rng.choice([b"\x00", b"\xff", b"[" * 600, b'"', b"\\u0000", b"\\ud800", b"1e999"])
        elif draw < 0.8:
            del body[place:place + rng.randrange(40)]
        else:
            body[place:place] = body[:rng.randrange(200)]
    return bytes(body)


def answer(rng, target):
    """The bytes of one answer, and what kind it is."""
    page = 0
    for part in target.partition("?")[2].split("&"):
        if part.startswith("Page=") and part[5:].isdigit():
            page = int(part[5:])
    kind = rng.choices(
        ["right", "fields", "bytes", "headers", "status", "shape", "framing"], [30, 36, 10, 10, 5, 5, 4])[0]
    status, reason = 200, "OK"
    headers = [("Content-Type", "application/json"), ("Date", rfc2822(datetime.datetime.now(datetime.timezone.utc)))]
    if "/Calls/" in target:
        record = call(rng)
        record["sid"] = target.rpartition("/")[2].removesuffix(".json")
        content = spoiled(record, rng) if kind == "fields" else record
    elif "Endless=1" in target:
        content = {"next_page_uri": f"{path}?PageSize=1000&Page={page + 1}&Endless=1", "calls": []}
        kind = "endless"
    else:
        calls = [call(rng) for _ in range(rng.choice([0, 1, 5, 40, 200]))]
        if kind == "fields":
            calls = [spoiled(record, rng) if rng.random() < 0.3 else record for record in calls]
        content = {"next_page_uri": next_page(rng, page), "page": page, "page_size": 1000, "calls": calls}
        if "Circle=1" in target:
            content["next_page_uri"] = f"{path}?PageSize=1000&Page={page % 2 + 1}&Circle=1"
    if kind == "shape":
        content = rng.choice([None, [], [content], {"calls": {}}, {"calls": [None, 1, "x", [], content]}, "x", 7,
                              {"calls": [], "next_page_uri": 1}, {"next_page_uri": None}, {"calls": [{}] * 5000}])
    body = json.dumps(content, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    if kind == "bytes":
        body = changed_bytes(body, rng)
    if kind == "status":
        status = rng.choice([400, 401, 403, 404, 429, 429, 500, 503, 503, 302, 204, 206, 100, 599, 999])
        reason = rng.choice(["X", "", "\xe9" * 50])
        body = json.dumps({"code": rng.choice([20004, 20429, 21481, 20003, 2**63, -2**63, 1e300, "20004", None]),
                           "message": rng.choice(TEXTS), "status": rng.choice(NUMBERS)}).encode()
        if rng.random() < 0.5:
            # Rarely one that is really waited for, since the whole process then waits.
            wait = rng.choice(NUMBERS + DATES) if rng.random() < 0.2 else rng.choice(["0", "-1", "NaN", "", "1"])
            headers.append(("Retry-After", wait))
    if kind == "headers":
        name = rng.choice(["Date", "Content-Type", "Retry-After", "Twilio-Request-Id", "Location", "X-" + "y" * 900])
        headers = [pair for pair in headers if pair[0] != name or rng.random() < 0.2]
        headers.append((name, rng.choice(DATES + NUMBERS + TEXTS).replace("\0", "").replace("\n", "")))
    length = len(body)
    if kind == "framing":
        length = rng.choice(NUMBERS + [len(body) + 5, max(0, len(body) - 5), "0x10", "1, 1"])
    head = f"HTTP/1.1 {status} {reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
    if kind == "framing" and rng.random() < 0.5:
        sizes = rng.choice(["%x" % len(body), "ffffffffffffffff", "-1", "", "7fffffffffffffff;a=b"])
        whole = head + f"Transfer-Encoding: chunked\r\n\r\n{sizes}\r\n"
        return whole.encode("utf-8", "surrogatepass") + body + b"\r\n0\r\n\r\n", kind
    return (head + f"Content-Length: {length}\r\n\r\n").encode("utf-8", "surrogatepass") + body, kind


class Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def handle(self):
        global sent
        try:
            while True:
                line = self.rfile.readline(65537)
                if not line:
                    return
                while self.rfile.readline(65537) not in (b"\r\n", b"\n", b""):
                    pass
                with lock:
                    sent += 1
                    number = sent
                content, kind = answer(random.Random(seed * 1000003 + number), line.split()[1].decode("latin-1"))
                with lock:
                    kinds[kind] += 1
                self.wfile.write(content)
                # What follows an answer of a wrong length would be taken for part of it.
                if kind in ("framing", "status", "headers"):
                    return
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def environment(database, twilio, **more):
    return dict(os.environ, DATABASE_URL=f"host={folder}/database user=postgres dbname={database}",
                TWILIO_API_BASE_URL=f"http://127.0.0.1:{twilio}", LOG_LEVEL="error", HOST="127.0.0.1",
                HISTORY_START=days_ago(4), **more)


def days_ago(days):
    return (datetime.date.today() - datetime.timedelta(days=days)).isoformat()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """`twilio-sync serve`, started again when it dies."""

    def __init__(self, twilio):
        self.twilio = twilio
        self.process = None
        self.start()

    def start(self):
        self.port = free_port()
        with open(f"{folder}/serve.log", "ab") as log:
            self.process = subprocess.Popen(
                [program, "serve"], env=environment("served", self.twilio, PORT=str(self.port)), stdout=log,
                stderr=log, stdin=subprocess.DEVNULL)
        for _ in range(300):
            if self.process.poll() is None and self.ask("GET", "/health", 2) == 200:
                return
            time.sleep(0.1)
        raise SystemExit("the service does not answer")

    def ask(self, method, target, limit):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit)
        try:
            connection.request(method, target, headers={"Authorization": f"Bearer {secret}"})
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def look(self):
        """Notes the memory; starts it again when it is gone."""
        status = self.process.poll()
        if status is not None:
            deaths.append(f"serve ended with {status} after {sent} answers")
            self.start()
        fields = dict(line.split(":", 1) for line in open(f"/proc/{self.process.pid}/status") if ":" in line)
        memory.append((time.monotonic() - began, int(fields["VmRSS"].split()[0]), int(fields["VmHWM"].split()[0])))


def drive(service):
    """Asks the service for one thing after the other."""
    rng = random.Random(seed)
    while time.monotonic() < deadline:
        order = rng.choice(["/api/sync-twilio-hourly", "/api/sync-twilio-hourly",
                            "/api/resync-twilio-historical", f"/api/resync-twilio-historical?since={days_ago(2)}",
                            "/api/reattribute"])
        status = service.ask("POST", order, 150)
        with lock:
            ends[f"POST {order.partition('?')[0]} {status}"] += 1
        for target in ("/", "/api/sync-status", "/metrics", "/api/sync-runs?limit=500", "/ready"):
            status = service.ask("GET", target, 70)
            with lock:
                ends[f"GET {target.partition('?')[0]} {status}"] += 1


def command(twilio):
    """Runs one command after the other on a database of its own."""
    rng = random.Random(seed + 1)
    while time.monotonic() < deadline:
        words = rng.choice([["hourly"], ["hourly", "--json"], ["historical"], ["historical", "--restart", "--json"],
                            ["doctor"]])
        process = subprocess.Popen([program] + words, env=environment("commanded", twilio),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        while process.poll() is None and time.monotonic() < deadline + 20:
            time.sleep(0.05)
        if process.poll() is None:
            process.terminate()
            process.wait(40)
            continue
        with lock:
            ends[f"{words[0]} {process.returncode}"] += 1
            if process.returncode < 0:
                deaths.append(f"{' '.join(words)} ended with {process.returncode} after {sent} answers")


def main():
    server = Server(("127.0.0.1", 0), Handler)
    twilio = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    service = Service(twilio)
    workers = [threading.Thread(target=drive, args=(service,), daemon=True),
               threading.Thread(target=command, args=(twilio,), daemon=True)]
    for worker in workers:
        worker.start()
    while time.monotonic() < deadline:
        service.look()
        time.sleep(0.5)
    for worker in workers:
        worker.join(170)
    service.look()
    service.process.terminate()
    service.process.wait(40)
    print(f"seed {seed}, {seconds} s: {sent} answers {dict(kinds)}")
    for end, count in sorted(ends.items()):
        print(f"  {count:6} {end}")
    marks = sorted({10, 60, 300, 600, seconds})
    for mark in (mark for mark in marks if mark <= seconds):
        at, resident, highest = min(memory, key=lambda entry: abs(entry[0] - mark))
        print(f"  memory after {at:4.0f} s: {resident / 1024:.1f} MiB, at most {highest / 1024:.1f} MiB")
    print(f"  deaths: {len(deaths)}")
    for death in deaths:
        print(f"    {death}")
    sys.exit(1 if deaths else 0)


main()
