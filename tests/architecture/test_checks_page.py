from checks_page import PAGE, page


def test_the_page_of_checks_is_made_from_the_catalogue() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python tests/architecture/checks_page.py"
