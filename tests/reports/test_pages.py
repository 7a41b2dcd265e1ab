from backtrader_walkforward.reports.pages.html import inline_svg, page


def test_a_slot_is_not_taken_for_another():
    text = page(
        "tear_sheet.html",
        title="$source",
        dates="${body}",
        benchmark="B",
        source="S",
        measures="",
        verdict="",
        warnings="",
        body="B$title",
    )
    assert "<title>$source, ${body}</title>" in text
    assert "B$title" in text


def test_pictures_lose_what_names_the_time():
    svg = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x"\n "http://w3.org/svg.dtd">\n<svg><metadata>now</metadata><g/></svg>'
    assert inline_svg(svg) == "<svg><g/></svg>"
