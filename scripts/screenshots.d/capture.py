"""Takes pictures of pages with a headless Chromium, through its debugging protocol.

Reads lines of JSON from standard input: {"url", "user", "password", "file", "width", "scale", "scheme", "lang"}.
Prints for each picture its file, the page's bytes, its height, and every address that the page asked for.
"""

import base64
import json
import subprocess
import sys
import tempfile
import urllib.request

import websocket


class Browser:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={folder}", "about:blank"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        port = None
        for line in self.process.stderr:
            if "DevTools listening on" in line:
                port = line.split("127.0.0.1:")[1].split("/")[0]
                break
        if port is None:
            sys.exit("capture.py: chromium did not start")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            target = next(t for t in json.load(answer) if t["type"] == "page")
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=60)
        self.number = 0
        self.events = []

    def ask(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"capture.py: {method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait(self, name):
        while True:
            for event in self.events:
                if event.get("method") == name:
                    return event
            self.events.append(json.loads(self.socket.recv()))

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=30)


def take(browser, order):
    width = order.get("width", 1100)
    scale = order.get("scale", 1)
    browser.events.clear()
    for domain in ("Page", "Network", "Runtime"):
        browser.ask(f"{domain}.enable")
    credentials = base64.b64encode(f"{order['user']}:{order['password']}".encode()).decode()
    browser.ask("Network.setExtraHTTPHeaders", headers={"Authorization": f"Basic {credentials}"})
    browser.ask("Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": order.get("scheme", "light")}])
    browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=scale,
                mobile=width < 600)
    browser.ask("Page.navigate", url=order["url"])
    browser.wait("Page.loadEventFired")
    size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
    wide = browser.ask("Runtime.evaluate", expression="document.documentElement.scrollWidth")["result"]["value"]
    picture = browser.ask("Page.captureScreenshot", captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1})
    with open(order["file"], "wb") as file:
        file.write(base64.b64decode(picture["data"]))
    asked = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    weight = sum(e["params"]["encodedDataLength"] for e in browser.events
                 if e.get("method") == "Network.loadingFinished")
    overflow = f", {wide} px wide" if wide > width else ""
    print(f"{order['file']}: {int(weight)} bytes, {int(size['height'])} px high{overflow}, asked for {len(asked)}: "
          f"{' '.join(sorted(set(asked)))}", flush=True)


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for line in sys.stdin:
                take(browser, json.loads(line))
        finally:
            browser.close()


if __name__ == "__main__":
    main()
