import json
from collections import Counter

import pytest

from moderation.screening.context import TextContext
from moderation.screening.corpus import CORPUS, own_corpus
from moderation.screening.engine import read
from moderation.screening.evaluation import evaluate, false_alarms, missed_at_level_four, recall_by_level
from moderation.screening.lexicon import lexicon
from moderation.screening.matching import matches_in
from moderation.screening.normalise import fold
from moderation.screening.passages import sentences
from moderation.screening.reading import RISKS, Category, HelpNeed, When, Who


def found(text: str, category: Category) -> list:
    return [finding for finding in read(text).findings if finding.category is category]


MUST_NOT_ALARM = [
    # past suicidal thoughts inside a recovery story
    "Hace diez años me quise matar. Hoy tengo una panadería y le doy gracias a mi hermana.",
    "Cuando tenía veinte años intenté quitarme la vida. Tengo cincuenta y cuido mis tomates.",
    "Antes de entrar al programa pensaba en matarme todas las noches. Llevo ocho años sobria.",
    "En el 2009 me tomé todas las pastillas y terminé en urgencias. Ahí empezó mi recuperación.",
    "De chica me cortaba. De eso hace ya quince años.",
    # idioms
    "Me muero de risa con este grupo.",
    "Esta resaca me mata.",
    "La cruda me está matando, mándenme unos chilaquiles.",
    "Casi me muero de la vergüenza en la reunión.",
    "Mataría por un café ahora mismo.",
    "Me mata la curiosidad, ¿cómo terminó lo del sábado?",
    "Estoy muerta de sueño después del turno.",
    "Me corté el pelo y me siento otra.",
    "Me pegó fuerte la nostalgia al ver las fotos.",
    "Mi mamá me va a matar si llego tarde otra vez jaja",
    "El domingo nos mataron, perdimos cinco a cero.",
    # quoted as such
    'La canción dice "me quiero morir en tus brazos" y la cantamos todos en el bus.',
    "Hay una película en la que el protagonista dice «me voy a matar» y todos se ríen.",
    # professionals
    "Soy enfermera. ¿Dónde puedo pedir formación en naloxona para mi equipo?",
    "Soy trabajador social y preparo una charla de prevención del suicidio para familias.",
    "Si alguien no despierta y tiene los labios morados, llama a emergencias.",
    # words about oneself and ordinary days
    "Soy alcohólica, 30 días sin beber.",
    "Me llamo Pedro, soy adicto y hoy cumplo un año limpio.",
    "Llevo 16 días sin tomar y hoy hice arepas.",
    "No, no me quiero morir, solo estoy cansada.",
    "Nunca pensé en suicidarme.",
    "¿Alguien tiene un enchufe para Italia?",
    "Tomo metadona y me va bien.",
    "Tengo 40 años y 12 de casada.",
    "Estoy cansada de vivir en este departamento tan chico.",
    "Ya tengo el plan: gimnasio, terapia y cero alcohol.",
    "Me corté cocinando y tuve que ir a urgencias por puntos.",
    "El perro no responde cuando lo llamo, es sordo.",
    "Voy a desaparecer de las redes un tiempo para concentrarme.",
    "Me gustaría morirme de viejo, rodeado de nietos.",
    "Compré una cuerda para saltar y un mat de yoga.",
    "Me voy el viernes con los niños a la playa.",
    "Le dejé mi perro a mi vecina porque me voy de vacaciones.",
    "Mi hijo se tomó el jarabe para la tos y ya duerme tranquilo.",
    "¿Cuánto tarda en hacer efecto la naltrexona?",
    "Dejé el café el lunes y me tiembla el ojo.",
]


@pytest.mark.parametrize("text", MUST_NOT_ALARM)
def test_harmless_text_raises_no_alarm(text: str) -> None:
    reading = read(text)

    assert reading.language == "es"
    assert reading.severity <= 1
    assert reading.risks <= {Category.BEREAVEMENT}


FOUND = [
    ("no quiero vivir mas", Category.SUICIDE_SELF_HARM, 3),
    ("Me quiero morir, ya no aguanto.", Category.SUICIDE_SELF_HARM, 3),
    ("ya no puedo mas me quiero morir", Category.SUICIDE_SELF_HARM, 3),
    ("todos estarían mejor sin mí", Category.SUICIDE_SELF_HARM, 3),
    ("Quisiera dormirme y no despertar", Category.SUICIDE_SELF_HARM, 3),
    ("q dios me lleve d una vez", Category.SUICIDE_SELF_HARM, 3),
    ("me corto los brazos pa sentir algo", Category.SUICIDE_SELF_HARM, 3),
    ("Anoche intenté ahorcarme.", Category.SUICIDE_SELF_HARM, 3),
    ("esta noche me mato", Category.SUICIDE_SELF_HARM, 4),
    ("me voy a tomar todas las pastillas hoy", Category.SUICIDE_SELF_HARM, 4),
    ("Ya escribí las cartas y regalé mi perro. Perdón a todos.", Category.SUICIDE_SELF_HARM, 4),
    ("Mi novio dice que si lo dejo se mata", Category.SUICIDE_THREAT_OTHER, 3),
    ("Mi hija me dijo que se quiere morir.", Category.SUICIDE_THREAT_OTHER, 3),
    ("Está morado y no respira", Category.OVERDOSE_NOW, 4),
    ("se tomó todas las pastillas y no despierta", Category.OVERDOSE_NOW, 4),
    ("Tomaba una botella diaria, dejé de beber el lunes y me tiemblan las manos", Category.DANGEROUS_WITHDRAWAL, 3),
    ("Dejó el alcohol hace dos días y convulsionó", Category.DANGEROUS_WITHDRAWAL, 4),
    ("Se me acabó el rivotril, tomaba tres al día desde hace años", Category.DANGEROUS_WITHDRAWAL, 3),
    ("Mi marido me ahorcó", Category.VIOLENCE_COERCION, 4),
    ("Mi marido me pega", Category.VIOLENCE_COERCION, 3),
    ("hace dos años que mi pareja me pega", Category.VIOLENCE_COERCION, 3),
    ("Me revisa el celular cada noche", Category.VIOLENCE_COERCION, 2),
    ("Me quita la quincena apenas cobro", Category.VIOLENCE_COERCION, 2),
    ("Su mamá maneja borracha con los niños en el carro", Category.CHILD_SAFETY, 3),
    ("Tengo 15 años y tomo todos los días", Category.MINOR, 3),
    ("¿alguien que venda rivotril por zona norte?", Category.SOURCING, 2),
    ("tómate dos pastillas con una cerveza", Category.DOSE_ADVICE, 2),
    ("mi número es 664 555 0178", Category.IDENTIFYING_DATA, 2),
    ("deja de tomar la metadona, es otra droga", Category.MEDICAL_MISINFORMATION, 2),
    ("sos una falopera", Category.SHAMING_HARASSMENT, 2),
    ("Clínica con cupo inmediato, su seguro lo cubre, llame ya", Category.BROKER_SPAM, 2),
    ("qué edad tienes? mándame una fotito y no le digas a nadie", Category.GROOMING, 3),
    ("lo voy a matar a ese transa", Category.THREAT_BY_WRITER, 3),
    ("Mi hermano murió de sobredosis", Category.BEREAVEMENT, 1),
    ("Recaí anoche después de tres meses", Category.OWN_USE, 2),
]


@pytest.mark.parametrize(("text", "category", "severity"), FOUND)
def test_each_category_is_found_at_its_level(text: str, category: Category, severity: int) -> None:
    assert max((finding.severity for finding in found(text, category)), default=0) == severity


@pytest.mark.parametrize(("text", "category", "severity"), FOUND)
def test_accents_and_capitals_make_no_difference(text: str, category: Category, severity: int) -> None:
    bare = text.translate(str.maketrans("áéíóúñ¿", "aeioun ")).strip()

    for written in (bare, bare.upper()):
        assert max((finding.severity for finding in found(written, category)), default=0) == severity


@pytest.mark.parametrize(
    ("text", "severity", "when", "who"),
    [
        ("Hace once años intenté matarme.", 1, When.PAST, Who.WRITER),
        ("Me quiero matar.", 3, When.NOW, Who.WRITER),
        ("Llevo cinco años sobria. Anoche intenté matarme.", 3, When.RECENT, Who.WRITER),
    ],
)
def test_time_is_told_apart(text: str, severity: int, when: When, who: Who) -> None:
    finding = found(text, Category.SUICIDE_SELF_HARM)[0]

    assert (finding.severity, finding.when, finding.who) == (severity, when, who)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Mi esposa dice que se quiere morir.", Who.PARTNER),
        ("Mi amigo dice que se quiere matar.", Who.OTHER),
    ],
)
def test_third_person_is_told_apart(text: str, who: Who) -> None:
    assert [finding.who for finding in found(text, Category.SUICIDE_THREAT_OTHER)] == [who]


def test_denied_thoughts_are_kept_at_level_one() -> None:
    findings = found("No me voy a matar, lo prometo.", Category.SUICIDE_SELF_HARM)

    assert [finding.severity for finding in findings] == [1]
    assert "not so" in findings[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "Si alguna vez tu pareja te dice que se va a matar, llama a una línea de ayuda.",
        "Las personas que dicen que se quieren morir merecen que les creamos.",
        "¿Tu marido alguna vez te pegó?",
        "Cuando alguien deja de golpe el alcohol y tiembla, hay que ir a urgencias.",
    ],
)
def test_advice_and_questions_are_noted_only(text: str) -> None:
    assert read(text).severity <= 2


def test_spans_point_at_the_authors_own_accented_words() -> None:
    text = "Mañana será otro día, pero hoy me quiero morir. ¿Y tú, cómo estás?"

    finding = found(text, Category.SUICIDE_SELF_HARM)[0]

    assert text[finding.start : finding.end] == "me quiero morir"


def test_help_is_offered_as_in_english() -> None:
    reading = read("Esta noche me mato. Mi marido me pega.")

    assert reading.help_needs()[:2] == (HelpNeed.EMERGENCY, HelpNeed.SUICIDE)
    assert HelpNeed.VIOLENCE in reading.help_needs()


@pytest.mark.parametrize("split", ["train", "test"])
def test_corpus_is_read_as_spanish_and_found_above_the_floors(split: str) -> None:
    results = evaluate([passage for passage in own_corpus(split=split) if passage.language == "es"])
    floors = {"train": {4: 0.95, 3: 0.95, 2: 0.9}, "test": {4: 0.6, 3: 0.4, 2: 0.5}}[split]

    assert {result.reading.language for result in results} == {"es"}
    assert len(false_alarms(results)) <= 0.05 * sum(not result.passage.labels for result in results)
    assert {level: recall_by_level(results, level=level).value >= floor for level, floor in floors.items()} == {
        4: True,
        3: True,
        2: True,
    }
    if split == "train":
        assert missed_at_level_four(results) == []


def test_corpus_has_every_risk_and_splits_by_voice() -> None:
    passages = {split: [one for one in own_corpus(split=split) if one.language == "es"] for split in ("train", "test")}

    assert sum(map(len, passages.values())) >= 300
    assert not {one.voice for one in passages["train"]} & {one.voice for one in passages["test"]}
    for part in passages.values():
        assert {label for one in part for label in one.labels} == set(RISKS)


def test_marks_of_stories_stand_once_in_their_text() -> None:
    stories = [json.loads(line) for line in (CORPUS / "stories" / "es.jsonl").read_text(encoding="utf-8").splitlines()]

    assert len(stories) == 8
    assert [
        mark["quote"] for story in stories for mark in story["marks"] if story["text"].count(mark["quote"]) != 1
    ] == []
    assert max(Counter(story["voice"] for story in stories).values()) <= 3


def test_no_match_of_the_corpus_is_lost_by_looking_for_words_first() -> None:
    known = lexicon("es")
    lost = []
    for passage in [one for one in own_corpus(split="train") if one.language == "es"][::6]:
        plain = fold(passage.text).plain
        context = TextContext(plain, sentences(plain), "es")
        found = {(hit.rule.id, hit.number) for hits in matches_in(context).values() for hit in hits}
        for number, sentence in enumerate(context.sentences):
            text = plain[sentence.start : sentence.end].lstrip()
            lost += [
                (rule.id, text)
                for rule in known.rules
                if any(pattern.search(text) for pattern in rule.patterns) and (rule.id, number) not in found
            ]

    assert lost == []
