import time

import pytest

from moderation.screening.corpus import early_corpus
from moderation.screening.engine import read
from moderation.screening.language import languages_of
from moderation.screening.normalise import fold
from moderation.screening.passages import sentences
from moderation.screening.reading import Category, Who


def languages(text: str):
    folded = fold(text)
    return languages_of(text, folded=folded, sentences=sentences(folded.plain))


UNKNOWN = """
Je ne veux plus vivre, je suis fatiguée de tout
j'en peux plus, mon mari me frappe
je bois tous les soirs et j'ai honte
Ich möchte nicht mehr leben
ich kann nicht mehr, mein Mann schlägt mich
wie lange dauert der entzug von alkohol
Quero morrer, não aguento mais
meu marido me bate todo dia e eu tenho medo
preciso de ajuda com a bebida, parei ontem e estou tremendo
voglio morire, non ce la faccio più
mio marito mi picchia quando beve
Nie chcę już żyć
nie chce mi sie zyc, mam dosc wszystkiego
Я больше не хочу жить
муж меня бьет, что делать
我不想活了
لا أريد أن أعيش بعد الآن
もう生きていたくない
더 이상 살고 싶지 않아요 정말로
Ik wil niet meer leven, ik ben zo moe
Jag vill inte leva längre
soțul meu mă bate
Artık yaşamak istemiyorum
Gusto ko nang mamatay, pagod na ako
Tôi không muốn sống nữa
Δεν θέλω να ζω άλλο πια
मैं अब जीना नहीं चाहता
ฉันไม่อยากมีชีวิตอยู่แล้ว
No vull viure més, estic molt cansada de tot això
nem akarok élni, nagyon fáradt vagyok
Mwen pa vle viv ankò, mwen bouke
""".strip().splitlines()

ENGLISH = """
hi
day 3 no booze, shaking
k thx
idk wat 2 do lol hes od
cannae cope wi this nae mair
ma man wullnae stop hittin me
wanna die
relapsed. again.
Siobhan and Nguyen said hi
xanax klonopin valium ativan
we are in San Juan de Dios hospital with José
lol lmao haha
My abuela is in El Paso
""".strip().splitlines()

SPANISH = """
hola
no quiero vivir mas
me quiero morir
mi marido me pega
q hago xq no puedo dejar d tomar
estoy re mal no doy mas
alguien vende rivotril?
ya no aguanto
llevo 4 dias sin beber y me tiemblan las manos
wey neta ya no puedo, me la paso pisteando diario
tío estoy fatal, llevo un pedo encima de tres días
se tomó todas las pastillas y no despierta
""".strip().splitlines()


@pytest.mark.parametrize("text", UNKNOWN)
def test_language_without_a_lexicon_is_unknown(text: str) -> None:
    assert read(text).language == "unknown"


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_paragraph_is_not_hidden_by_english_around_it(text: str) -> None:
    assert read(f"Hello all, thanks for having me here.\n\n{text}\n\nSorry for my English.").language == "unknown"


@pytest.mark.parametrize("text", ENGLISH)
def test_slang_dialect_names_and_short_texts_are_english(text: str) -> None:
    assert read(text).language == "en"


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_is_spanish_without_accents_and_in_text_speak(text: str) -> None:
    assert read(text).language == "es"


@pytest.mark.parametrize("part", ["dev", "test", "heldout", "blind"])
def test_whole_english_corpus_is_english(part: str) -> None:
    assert [passage.id for passage in early_corpus(part=part) if read(passage.text).language != "en"] == []


def test_paragraphs_are_read_each_in_its_language() -> None:
    text = "I have been sober for a week.\n\nMi marido me pega y tengo miedo de volver a casa."

    assert languages(text).by_sentence == (("en",), ("es",))
    assert Category.VIOLENCE_COERCION in read(text).risks


def test_sentences_of_a_mixed_paragraph_are_read_each_in_its_language() -> None:
    reading = read("I can't do this anymore. Ya no quiero vivir, estoy cansada de todo.")

    assert languages("I can't do this anymore. Ya no quiero vivir, estoy cansada de todo.").by_sentence == (
        ("en",),
        ("es",),
    )
    assert Category.SUICIDE_SELF_HARM in reading.risks


def test_sentence_that_mixes_is_read_in_both() -> None:
    assert languages("My husband hits me and yo no sé qué hacer, tengo miedo").by_sentence == (("en", "es"),)


def test_findings_of_both_languages_stand_in_one_reading_at_their_place() -> None:
    text = "My husband takes my wages every week.\n\nAyer me pegó otra vez y tengo miedo."

    findings = read(text).findings

    assert [(text[one.start : one.end], one.who) for one in findings if one.category is Category.VIOLENCE_COERCION] == [
        ("My husband takes my wages", Who.PARTNER),
        ("me pegó", Who.PARTNER),
    ]


def test_short_passage_goes_with_its_text() -> None:
    assert languages("Mi marido me pega cada noche y no puedo más.\n\nOk.").by_sentence == (("es",), ("es",))


def test_text_that_nothing_decides_is_tried_in_both() -> None:
    assert languages("suicide").by_sentence == (("en", "es"),)
    assert languages("suicide").overall == "en"


def test_unknown_passage_is_still_tried() -> None:
    reading = read("Ik ben zo moe en ik weet het niet meer. overdose, she is not breathing, blue lips")

    assert reading.language == "unknown"
    assert Category.OVERDOSE_NOW in reading.risks


def test_english_post_costs_little_time() -> None:
    texts = [passage.text for passage in early_corpus(part="heldout")]
    parts = [(text, folded, sentences(folded.plain)) for text, folded in ((text, fold(text)) for text in texts)]
    words = sum(len(text.split()) for text in texts)
    started = time.process_time()

    for text, folded, found in parts:
        languages_of(text, folded=folded, sentences=found)

    milliseconds = (time.process_time() - started) * 1000
    assert milliseconds / words * 120 < 0.6  # twice the aim, for slow machines
