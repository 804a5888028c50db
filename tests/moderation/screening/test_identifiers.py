from itertools import pairwise

import pytest

from moderation.screening.identifiers import identifiers, use_public_numbers
from moderation.screening.normalise import fold
from moderation.screening.phone_numbers import is_public


def found_in(text: str) -> list[tuple[str, str]]:
    """Return kind and words of every identifying passage."""
    folded = fold(text)
    return [
        (one.rule.removeprefix("identifying."), text[slice(*folded.span(one.start, one.end))])
        for one in identifiers(folded)
    ]


IDENTIFYING = [
    # telephone numbers of many countries, with and without a country code
    ("ring me on 07700 900417 after six", "phone", "07700 900417"),
    ("My number is 0161 496 0123 and I am in most evenings.", "phone", "0161 496 0123"),
    ("my number is (312) 555-0187 hit me up", "phone", "(312) 555-0187"),
    ("call me anytime 615-555-0142", "phone", "615-555-0142"),
    ("text 202.555.0143 if you need a lift", "phone", "202.555.0143"),
    ("her cell, 215 555 0117, is always on", "phone", "215 555 0117"),
    ("phone us on 555-0148", "phone", "555-0148"),
    ("whatsapp +447700900555", "phone", "+447700900555"),
    ("I am at +353 85 012 3456 in Dublin", "phone", "+353 85 012 3456"),
    ("private mob 0491 570 006", "phone", "0491 570 006"),
    ("give him a ring: 021 555 0123, he is in Auckland", "phone", "021 555 0123"),
    ("mi numero es 222 555 0143", "phone", "222 555 0143"),
    ("llamame al +34 612 345 678", "phone", "+34 612 345 678"),
    ("mi cel es 11 5555 0142 en Buenos Aires", "phone", "11 5555 0142"),
    ("+91 98765 43210 is my new one", "phone", "+91 98765 43210"),
    ("Meine Nummer ist 0151 23456789", "phone", "0151 23456789"),
    ("mon portable 06 12 34 56 78", "phone", "06 12 34 56 78"),
    ("call five five five zero one four three tonight", "phone", "five five five zero one four three"),
    ("he works for the Samaritans, my own number is 07700 900417", "phone", "07700 900417"),
    # e-mail
    ("My email is jane.smith82@gmail.example", "email", "jane.smith82@gmail.example"),
    ("write to r+meetings@mail.example.org please", "email", "r+meetings@mail.example.org"),
    ("mail me at ravi dot k at proton dot me", "email", "ravi dot k at proton dot me"),
    ("reach me, jo_b at gmail dot com, any time", "email", "jo_b at gmail dot com"),
    ("it is sam(at)hotmail(dot)com", "email", "sam(at)hotmail(dot)com"),
    ("mi correo es luz arroba gmail punto com", "email", "luz arroba gmail punto com"),
    # accounts
    ("my snap is kellybean_99", "account", "snap is kellybean_99"),
    ("insta: addi.kerrr", "account", "insta: addi.kerrr"),
    ("add me on kik: moonchild", "account", "kik: moonchild"),
    ("my insta is moonchild, dm me", "account", "insta is moonchild"),
    ("find me on t.me/quiet_harbour", "account", "t.me/quiet_harbour"),
    ("facebook.com/kayleigh.dunn.31 is me", "account", "facebook.com/kayleigh.dunn.31"),
    ("follow me on instagram @quietharbour", "at_name", "@quietharbour"),
    ("he is @jaysonn_k22 everywhere", "at_name", "@jaysonn_k22"),
    ("discord harbour#4821", "account", "harbour#4821"),
    ("I am u/stoic_sam over there", "account", "u/stoic_sam"),
    ("wa.me/447700900417", "account", "wa.me/447700900417"),
    ("mi telegram es luna.roja", "account", "telegram es luna.roja"),
    # addresses
    ("I live at 14 Orchard Close, Reading, RG1 4PL.", "address", "14 Orchard Close, Reading, RG1 4PL"),
    ("We live at 48 Rosewell Avenue, second floor", "address", "48 Rosewell Avenue"),
    ("he stays at 212 starr street, third buzzer", "address", "212 starr street"),
    ("Flat 3, 22 Elm Road, ring twice", "address", "Flat 3, 22 Elm Road"),
    ("send it to 1120 Garrison St upstairs", "address", "1120 Garrison St"),
    (
        "the house is 742 Evergreen Terrace, Springfield, IL 62704",
        "address",
        "742 Evergreen Terrace, Springfield, IL 62704",
    ),
    ("come round to 3/29 Derby Street", "address", "3/29 Derby Street"),
    ("PO Box 4471 gets to us", "address", "PO Box 4471"),
    ("ich wohne Amselgasse 14 im zweiten Stock", "address", "Amselgasse 14"),
    ("Hauptstraße 7 in Kassel", "address", "Hauptstraße 7"),
    ("il habite 12 rue de la Paix", "address", "12 rue de la Paix"),
    ("vive en la calle Loiza 1412", "address", "calle Loiza 1412"),
    ("queda en Carrera 7 # 45-23", "address", "Carrera 7 # 45-23"),
    ("Av. Insurgentes Sur 1234", "address", "Av. Insurgentes Sur 1234"),
    ("I'm at SW1A 2AA most days", "postcode", "SW1A 2AA"),
    ("the clinic near K1A 0B1", "postcode", "K1A 0B1"),
    # names with a place, work or town
    ("My manager is Thomas Barrow at the Barclays in Swindon.", "name_and_place", "Thomas Barrow"),
    ("Her name is Lucy Hargreaves and she teaches at St Anne's.", "name_and_place", "Lucy Hargreaves"),
    ("I'm Robert Dunleavy, out of Gary, I work at the plant", "name_and_place", "Robert Dunleavy"),
    ("Dr Helen Ashworth at Fairview Clinic refused me", "name_and_place", "Dr Helen Ashworth"),
    ("It is Curtis Bohay, 52, Medicine Hat.", "name_and_place", "Curtis Bohay"),
    ("The man is Dale Kostrowski out of Lantana", "name_and_place", "Dale Kostrowski"),
    ("se llama Hector Rivera Mora y trabaja en el Hospital Central", "name_and_place", "Hector Rivera Mora"),
    ("my name is jane doe and i live in leeds", "name_and_place", "jane doe"),
    # papers, cars, cards, machines
    ("Cody Brandt DOB 3/9/89", "birth", "3/9/89"),
    ("date of birth: 14 March 1986", "birth", "14 March 1986"),
    ("Eugene Haskins, born 4-4-51", "birth", "4-4-51"),
    ("his number plate is VKT 4471", "plate", "VKT 4471"),
    ("a red Fiesta CP14 ZZU heading for the bypass", "plate", "CP14 ZZU"),
    ("she drives a Skoda, KS-SR 808", "plate", "KS-SR 808"),
    ("the card is 4111 1111 1111 1111 if you want to pay", "bank", "4111 1111 1111 1111"),
    ("pay into GB82 WEST 1234 5698 7654 32", "bank", "GB82 WEST 1234 5698 7654 32"),
    ("sort code 20-00-00 account 55779911", "bank", "sort code 20-00-00 account 55779911"),
    ("my ssn is 219-09-9999", "id", "219-09-9999"),
    ("NI number AB 12 34 56 C", "id", "AB 12 34 56 C"),
    ("su DNI es 12345678Z", "id", "12345678Z"),
    ("they logged me from 81.2.69.142", "ip", "81.2.69.142"),
    ("the address was 2a00:1450:4009:81f:0:0:0:200e", "ip", "2a00:1450:4009:81f:0:0:0:200e"),
]


@pytest.mark.parametrize(("text", "kind", "words"), IDENTIFYING)
def test_identifying_passage_is_found_where_it_stands(text: str, kind: str, words: str) -> None:
    found = found_in(text)

    assert (kind, words) in found


HARMLESS = [
    # sums, doses, scores, years, dates, times
    "I owe 12,500,000 pesos to the bank",
    "we lost $1234567890 over the years",
    "rent is 1 200 000 a year",
    "that house cost 450000000 pounds",
    "30mg in the morning and 10mg at night",
    "sober since 12/03/2019",
    "clean since 2019-03-12 and counting",
    "I was there 2008 2009 2010 and again later",
    "from 1999-2004 I drank every day",
    "the meeting is at 19.30, room 4",
    "19:30 until 20:45 on Mondays",
    "they won 21-19 21-17 15-21",
    "my numbers were 120/80 and 118 78 this week",
    "20 20 20 is a rule for tired eyes",
    "10 000 000 steps in a year",
    "I walked 12345678 steps last year",
    "my score was 1234567 points",
    "order 123456789 never came",
    "tracking number 940010000000",
    "the case number is 20231234567",
    "my prescription rx 71234567 is late",
    "ticket #4471234567 is still open",
    "ISBN 9780140449136 is the one I read",
    "Psalm 119 105 helped me",
    "Juan 3 16 y Romanos 8 28",
    "page 164 of the big book",
    "day 1000 today, 24 000 hours",
    "9 8 7 6 5 4 3 2 1 and breathe",
    "one two three four five six seven eight and breathe",
    "I am 1234567 percent sure",
    "version 10.0.22.1 broke my phone",
    "the router says 192.168.0.1",
    "DSM section 1.2.3.4 says so",
    # helplines and other public numbers
    "call 988 now",
    "Samaritans 116 123, day and night",
    "text HOME to 741741",
    "ring 0800 1111, it is free",
    "1-800-662-4357 answered me at 3 a.m.",
    "+44 116 123 works from abroad as well",
    "the national helpline is 020 7946 0990",
    "the crisis line 415-555-0132 is staffed all night",
    "Lifeline is 13 11 14",
    "911 or 112 or 999, whatever you have",
    # names that are nobody's secret
    "Bill W and Dr Bob started it in Akron",
    "New York is loud and I love it",
    "I work at the Royal Infirmary",
    "The Big Book Study meets in Fort Wayne",
    "Happy New Year from all of us in Leeds",
    "We sang Happy Birthday at St Anne's",
    "Saint Patrick lives on in Dublin",
    "Sister Nena works at the parish in Cavite",
    # accounts that are none
    "my insta is private",
    "my facebook is full of old drinking friends",
    "I deleted snapchat and it helped",
    "on reddit they say the same",
    "the signal is bad here",
    "@everyone thank you",
    "@hank I see it otherwise",
    "thanks @marie, that helped",
    "see you @ 7 tonight",
    "I was at home and my dot of hope was gone",
    # places without a house
    "I walked 3 miles down the road",
    "2 streets over there is a meeting",
    "the 12 steps to a new way of life",
    "24 hours a day on the road",
    "I live on the hill near the river",
    "a 5 star hotel close to the sea",
    "calle abajo hay una reunion",
    "the M25 at 5PM is hell",
    "born in 1984, sober in 2014",
    "my birthday is 3 March",
    "my son was born on 3/4/2019 and everything changed",
    "the plate was cold and the car was warm",
    "B12 and D3 every day",
    "0000 0000 0000 0000",
    "card 1234 5678 9012 3456 is what the form shows",
    "it was a size 10-12-14 pattern",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_figures_and_names_are_left_alone(text: str) -> None:
    assert found_in(text) == []


def test_directory_number_is_left_alone_once_it_is_public() -> None:
    text = "ring 020 7946 0018 or +44 20 7946 0018"

    before = found_in(text)
    use_public_numbers({"+44 20 7946 0018"})
    try:
        after = found_in(text)
    finally:
        use_public_numbers(())

    assert [kind for kind, _ in before] == ["phone", "phone"]
    assert after == []
    assert found_in(text) == before


def test_public_number_inside_a_private_one_does_not_make_it_public() -> None:
    assert is_public("116 123")
    assert is_public("+44 116 123")
    assert not is_public("600 116 123")
    assert not is_public("07800 123456")


def test_private_mobile_called_a_helpline_is_still_found() -> None:
    assert found_in("the helpline is 07911 123456, ask for Dave") == [("phone", "07911 123456")]


def test_disguised_number_is_found_in_the_authors_own_characters() -> None:
    assert found_in("my number is ０７７００ ９００４１７") == [("phone", "０７７００ ９００４１７")]


def test_passages_never_lie_on_one_another() -> None:
    text = "Jane Doe lives at 14 Orchard Close, RG1 4PL, jane@mail.example, wa.me/447700900417, 07700 900417"
    folded = fold(text)

    spans = sorted((one.start, one.end) for one in identifiers(folded))

    assert len(spans) >= 5
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
