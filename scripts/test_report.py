"""Opens pages of model_report in Chromium and checks each: python scripts/test_report.py CHROMIUM DIRECTORY [--pictures]

scripts/test-report runs it, with playwright.
"""
import itertools
import pathlib
import sys

from playwright.sync_api import sync_playwright

WIDTHS = {"desktop": 1280, "phone": 390}
PAPER_WIDTH = 688
"""A4 without its margins, in pixels."""
SCHEMES = ["light", "dark"]
# Texts of every page's sections, and of single pages.
SECTIONS = ["How much more the right customers bring", "Who they are", "Three kinds of customers", "SQL to use it"]
EXPECTED = {
    "exposure": ["It seems to work", "this model", "most likely to engage", "at random"],
    "simple": ["nobody was left out", "This cannot be shown"],
    "no_effect": ["No effect seen"],
    "put_off": ["put off by the campaign"],
    "one_feature": ["with 1 feature"],
    "wide": ["330 features"],
    "hostile": ["<script>alert(1)</script>"],
}
# Each returns what is wrong with the page, or nothing.
SCRIPTS_OF = "() => [...document.querySelectorAll('script, img, iframe, object, form')].map(e => e.outerHTML)"
HANDLERS_OF = """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
    .filter(a => a.name.startsWith('on') || /^javascript:/i.test(a.value)).map(a => a.name)"""
OVERFLOW_OF = """() => document.documentElement.scrollWidth > window.innerWidth
    ? [`${document.documentElement.scrollWidth} px wide`] : []"""
CLIPPED_OF = """() => [...document.querySelectorAll('svg text')].filter(text => {
    const box = text.getBoundingClientRect(), card = text.closest('section').getBoundingClientRect();
    return box.left < card.left || box.right > card.right;
}).map(text => `clipped: ${text.textContent}`)"""
EMPTY_OF = """() => [...document.querySelectorAll('.plot > svg')].filter(svg => svg.getBoundingClientRect().height < 80)
    .map(svg => 'a chart without height')"""
# On paper nothing scrolls.
CUT_OFF_OF = """() => [...document.querySelectorAll('.table, pre')].filter(e => e.scrollWidth > e.clientWidth)
    .map(e => `cut off on paper: ${e.textContent.slice(0, 40)}`)"""
CHECKS = [SCRIPTS_OF, HANDLERS_OF, OVERFLOW_OF, CLIPPED_OF, EMPTY_OF]


def listen(page, path, found):
    """Collects what a page must not do."""
    page.on("console", lambda message: found.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: request.url == path.as_uri() or found.append(f"request: {request.url}"))


def texts_missing(page, name):
    text = page.inner_text("body")
    return [f"missing: {wanted}" for wanted in SECTIONS + EXPECTED.get(name, []) if wanted not in text]


def check(browser, path, width, scheme, with_picture):
    """Opens a page once; returns what is wrong with it."""
    found = []
    size = {"width": WIDTHS[width], "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    listen(page, path, found)
    page.goto(path.as_uri(), wait_until="load")
    found += [problem for script in CHECKS for problem in page.evaluate(script)]
    found += texts_missing(page, path.stem)
    if with_picture:
        page.screenshot(path=str(path.with_name(f"{path.stem}-{width}-{scheme}.png")), full_page=True)
    context.close()
    return found


def check_print(browser, path, with_picture):
    """Prints a page as PDF, dark as the screen may be; the paper is white."""
    found = []
    context = browser.new_context(viewport={"width": PAPER_WIDTH, "height": 900}, color_scheme="dark")
    page = context.new_page()
    listen(page, path, found)
    page.goto(path.as_uri(), wait_until="load")
    page.emulate_media(media="print", color_scheme="dark")
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    found += [] if colour == "rgb(255, 255, 255)" else [f"the paper is {colour}"]
    found += page.evaluate(CUT_OFF_OF)
    pdf = page.pdf(format="A4", print_background=True)
    if with_picture:
        path.with_suffix(".pdf").write_bytes(pdf)
    context.close()
    return found


def main():
    chromium, directory, *options = sys.argv[1:]
    with_picture = "--pictures" in options
    paths = sorted(pathlib.Path(directory).resolve().glob("*.html"))
    results = {f"{name}: a page": [] if name in {path.stem for path in paths} else ["there is none"] for name in EXPECTED}
    with sync_playwright() as playwright:
        # The pages are our own; in a container Chromium's sandbox cannot start.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in paths:
            for width, scheme in itertools.product(WIDTHS, SCHEMES):
                results[f"{path.stem}: {width}, {scheme}"] = check(browser, path, width, scheme, with_picture)
            results[f"{path.stem}: print"] = check_print(browser, path, with_picture)
        browser.close()
    failures = {title: found for title, found in results.items() if found}
    for title, found in failures.items():
        print(f"FAILED  {title}", *found[:10], sep="\n    ")
    print(f"{len(results) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
