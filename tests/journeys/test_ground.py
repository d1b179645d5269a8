"""The ground of the journeys: a page in a real browser, from a real server, with nothing from elsewhere."""

from . import site as sites


def test_a_page_opens_in_both_languages_without_barriers(visit):
    """Somebody opens an address that does not exist and reads so, in her language, on a desk and on a phone."""
    for language, direction in (("ar", "rtl"), ("en", "ltr")):
        visitor = visit(language, phone=language == "en")
        visitor.page.goto("/not-there/")
        assert visitor.page.locator("html").get_attribute("dir") == direction
        assert sites.axe(visitor.page) == []


def test_jobs_run_and_e_mail_arrives_nowhere_without_reason(site, inbox):
    """The worker finds nothing to do and leaves."""
    site.run_jobs()
    assert inbox.messages == []
