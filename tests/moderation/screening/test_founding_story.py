import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from moderation.screening.corpus import early_corpus
from moderation.screening.engine import read
from moderation.screening.reading import Category, HelpNeed, When, Who
from moderation.screening.screener import Screener

CASES = Path(os.environ.get("ALONGSIDE_CASES", Path(__file__).parents[4] / "shared" / "cases"))
NEVER = {Category.SOURCING, Category.DOSE_ADVICE, Category.BROKER_SPAM, Category.IDENTIFYING_DATA}


@pytest.fixture
def comments() -> list[str]:
    path = CASES / "founding-thread.wxr.xml"
    if not path.is_file():
        pytest.skip("the folder of cases is not there; ALONGSIDE_CASES names it")
    tree = ElementTree.parse(path)
    return [element.text or "" for element in tree.iter() if element.tag.endswith("}comment_content")]


@pytest.mark.cases
def test_founding_story_comes_out_as_described(comments: list[str]) -> None:
    reading = read(comments[1])

    suicide = [finding for finding in reading.findings if finding.category is Category.SUICIDE_THREAT_OTHER]
    violence = [finding for finding in reading.findings if finding.category is Category.VIOLENCE_COERCION]
    own_use = [finding for finding in reading.findings if finding.category is Category.OWN_USE]
    assert reading.severity == 3
    assert reading.language == "en"
    assert {(finding.who, finding.severity) for finding in suicide} == {(Who.PARTNER, 3)}
    assert {finding.rule for finding in violence} == {"violence.insults", "violence.money"}
    assert {finding.severity for finding in violence} == {2}
    assert {finding.who for finding in violence} == {Who.PARTNER}
    assert max(finding.severity for finding in own_use if finding.when is not When.PAST) == 2
    assert {finding.when for finding in own_use if finding.rule == "own_use.hospital"} == {When.PAST}
    assert reading.risks == {Category.SUICIDE_THREAT_OTHER, Category.VIOLENCE_COERCION}
    assert reading.help_needs() == (HelpNeed.VIOLENCE, HelpNeed.SUICIDE_OF_OTHER, HelpNeed.SUBSTANCE) or (
        reading.help_needs() == (HelpNeed.SUICIDE_OF_OTHER, HelpNeed.VIOLENCE, HelpNeed.SUBSTANCE)
    )


@pytest.mark.cases
def test_the_other_comments_raise_no_alarm(comments: list[str]) -> None:
    assert [read(comments[0]).severity, read(comments[2]).risks] == [0, frozenset()]


@pytest.mark.parametrize(
    "passage",
    [passage for split in ("dev", "test") for passage in early_corpus(part=split) if "-partner-" in passage.id],
    ids=lambda passage: passage.id,
)
def test_stories_like_it_are_read_like_it(passage) -> None:
    reading = read(passage.text)

    assert reading.severity == 3
    assert {Category.SUICIDE_THREAT_OTHER, Category.VIOLENCE_COERCION} <= reading.risks
    assert not reading.categories & NEVER
    assert HelpNeed.EMERGENCY not in reading.help_needs()
    assert HelpNeed.SUICIDE_OF_OTHER in reading.help_needs()
    assert HelpNeed.VIOLENCE in reading.help_needs()
    assert HelpNeed.SUBSTANCE in reading.help_needs()


@pytest.mark.cases
def test_all_layers_read_the_founding_story_as_the_patterns_do(comments: list[str], screener: Screener) -> None:
    reading = screener.read(comments[1])

    assert reading.severity == 3
    assert reading.risks == read(comments[1]).risks
    assert not reading.categories & NEVER
    assert reading.help_needs() == read(comments[1]).help_needs()
