from tests import given
from . import site as sites


def test_first(site, visit):
    import time

    t = time.time()
    given.cast()
    print("cast", time.time() - t)
    t = time.time()
    case = given.helens_case()
    print("case", time.time() - t)
    t = time.time()
    v = visit("ar")
    sites.sign_in(v.page, "aman.caseworker")
    print("in", time.time() - t)
    t = time.time()
    v.page.screenshot(path="/tmp/j/a.png", full_page=True)
    v.page.goto("/cases/")
    v.page.screenshot(path="/tmp/j/b.png", full_page=True)
    print("shots", time.time() - t)
    t = time.time()
    print(sites.axe(v.page))
    print("axe", time.time() - t)
