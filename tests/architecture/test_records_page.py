from pathlib import Path

from records_page import records_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats" / "records.md"


def test_the_page_of_the_records_says_what_the_code_says():
    # Made anew by: python tests/architecture/records_page.py > docs/formats/records.md
    assert PAGE.read_text("utf-8") == records_page()
