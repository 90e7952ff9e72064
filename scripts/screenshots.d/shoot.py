"""Takes one picture of a page and holds the page to what it promises.

    shoot.py ADDRESS SECRET_FILE PICTURE WIDTH[xHEIGHT] light|dark [STATUS [SEARCH]]

The picture shows the whole page, or what a screen of HEIGHT shows of it; with SEARCH that to which the page's own
search for it leads.
Fails when the page asks for anything but itself, complains in the console, is wider than the screen, weighs
100 KB or more, is no valid HTML, breaks a rule of axe-core (WCAG 2.2 A and AA, contrast among them), or
answers with another status than STATUS (200).
"""

import pathlib
import sys

import html5lib
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

address, secret_file, picture, size, scheme = sys.argv[1:6]
expected = int(sys.argv[6]) if len(sys.argv) > 6 else 200
search = sys.argv[7] if len(sys.argv) > 7 else ""
width, height = map(int, size.split("x")) if "x" in size else (int(size), None)
faults = []
complaints = []


def judge(page, response, source):
    if response.status != expected:
        faults.append(f"status {response.status}, not {expected}")
    if len(source) >= 100_000:
        faults.append(f"{len(source)} bytes")
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(source.decode())
    faults.extend(f"HTML: {position} {code} {details}" for position, code, details in parser.errors)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        faults.append(f"{wide} pixels wide on a screen of {width}")
    # On a narrow screen they may be scrolled.
    if width > 500:
        tables = "[...document.querySelectorAll('.scroll')].filter(t => t.scrollWidth > t.clientWidth)"
        cut = page.evaluate(f"{tables}.map(t => t.getAttribute('aria-label') + ' ' + t.scrollWidth)")
        faults.extend(f"a table that is cut off: {table} pixels" for table in cut)
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
    for broken in Axe().run(page, options=rules).response["violations"]:
        places = "; ".join(node["html"][:120] for node in broken["nodes"][:3])
        faults.append(f"axe {broken['id']}: {broken['help']}: {places}")


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context = browser.new_context(
        viewport={"width": width, "height": height or 844},
        device_scale_factor=1 if width > 500 else 2,
        color_scheme=scheme,
        http_credentials={"username": "ana", "password": pathlib.Path(secret_file).read_text(), "send": "always"},
    )
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    response = page.goto(address)
    if search:
        page.fill("input[name=q]", search)
        asked.clear()
        with page.expect_navigation() as navigation:
            page.press("input[name=q]", "Enter")
        response = navigation.value
    # A search for a SID leads on to its page.
    found = response.request.redirected_from.url if response.request.redirected_from else response.url
    source = response.body()
    page.screenshot(path=picture, full_page=height is None)
    judge(page, response, source)
    # Of an answer that is meant to be 503 the browser itself tells.
    faults.extend(f"console: {text}" for text in complaints if expected == 200 or f"status of {expected}" not in text)
    faults.extend(f"asks for {url}" for url in asked if url not in (page.url, found) and not url.startswith("data:"))
    browser.close()

print(f"  {pathlib.Path(picture).name}: {len(source)} bytes of HTML" + "".join(f"\n    {fault}" for fault in faults))
sys.exit(1 if faults else 0)
