from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.models import Event
from core.results import InvalidError, NotAllowedError
from helplines import actions
from helplines.models import Helpline
from helplines.rows import Row
from tests.factories import NOON

ROW = Row("IE", "Ireland", "A line", ("suicide",), call="020 910 0001", hours="24 hours", rank=10, source="a list")


@pytest.fixture
def line(db):
    actions.import_rows([ROW], at=NOON)
    return Helpline.objects.get(name="A line")


def test_import_rows_arrive_unverified(line):
    assert (line.verified_on, line.verified_by, line.is_demo) == (None, None, False)
    assert not Helpline.objects.shown(timezone.now().date()).filter(pk=line.pk).exists()
    assert Event.objects.filter(kind="helpline_added").count() == 1


def test_import_rows_again_changes_nothing(line, operator):
    actions.verify_helpline(line, by=operator, on=date(2026, 3, 1))

    done = actions.import_rows([ROW], at=NOON)

    line.refresh_from_db()
    assert (done.added, done.changed, done.same) == (0, 0, 1)
    assert (line.verified_on, line.verified_by) == (date(2026, 3, 1), operator)


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({"call": "020 910 0009"}, False),
        ({"text_number": "020 910 0009"}, False),
        ({"purposes": ("family",)}, False),
        ({"hours": "day"}, False),
        ({"rank": 20}, True),
        ({"source": "another list"}, True),
    ],
)
def test_import_changed_row_must_be_verified_again_when_a_fact_changed(line, operator, change, is_kept):
    actions.verify_helpline(line, by=operator, on=date(2026, 3, 1))

    done = actions.import_rows([replace(ROW, **change)], at=NOON)

    line.refresh_from_db()
    assert done.changed == 1
    assert (line.verified_on is not None) is is_kept
    assert (line.verified_by is not None) is is_kept


def test_import_leaves_rows_that_are_not_in_the_file(line):
    actions.import_rows([replace(ROW, name="Another")], at=NOON)

    assert set(Helpline.objects.filter(country="IE").values_list("name", flat=True)) == {"A line", "Another"}


def test_verify_helpline_by_operator_shows_it_for_half_a_year(line, operator):
    day = date(2026, 3, 1)

    actions.verify_helpline(line, by=operator, on=day)

    shown = {
        after: Helpline.objects.shown(day + timedelta(days=after)).filter(pk=line.pk).exists()
        for after in (0, 180, 181)
    }
    assert shown == {0: True, 180: True, 181: False}
    assert list(Event.objects.filter(kind="helpline_verified").values_list("subject_id", "actor_id")) == [
        (line.pk, operator.pk)
    ]


@pytest.mark.parametrize("who", ["member", "moderator", "lead", "suspended"])
def test_verify_helpline_by_anyone_else_is_refused(line, who, request):
    with pytest.raises(NotAllowedError):
        actions.verify_helpline(line, by=request.getfixturevalue(who), on=date(2026, 3, 1))

    assert Helpline.objects.get(pk=line.pk).verified_on is None


def test_verify_helpline_tomorrow_is_refused(line, operator):
    with pytest.raises(InvalidError):
        actions.verify_helpline(line, by=operator, on=timezone.now().date() + timedelta(days=1))


def test_verify_helpline_invented_row_is_refused(operator):
    actions.seed_demo_rows()

    with pytest.raises(NotAllowedError):
        actions.verify_helpline(Helpline.objects.filter(is_demo=True)[0], by=operator, on=date(2026, 3, 1))


def test_seed_demo_rows_twice_makes_them_once(db):
    assert actions.seed_demo_rows() == actions.seed_demo_rows()

    assert Helpline.objects.filter(is_demo=True).count() == actions.seed_demo_rows()


@pytest.mark.parametrize("is_demo", [True, False])
def test_demo_rows_are_shown_in_a_demonstration_alone(db, settings, is_demo):
    settings.DEMO = is_demo
    actions.seed_demo_rows()

    assert Helpline.objects.shown(date(2026, 12, 1)).filter(is_demo=True).exists() is is_demo


def test_import_command_dry_run_stores_nothing(db, tmp_path, capsys):
    call_command("import_helplines", "helplines/data/directory.csv", dry_run=True)

    assert "Nothing was stored" in capsys.readouterr().out
    assert not Helpline.objects.exclude(country="ZZ").exists()


def test_import_command_stores_once_and_unverified(db, capsys):
    call_command("import_helplines", "helplines/data/directory.csv")
    count = Helpline.objects.count()
    call_command("import_helplines", "helplines/data/directory.csv")

    assert Helpline.objects.count() == count > 150
    assert "0 rows added, 0 changed" in capsys.readouterr().out
    assert Helpline.objects.filter(verified_on__isnull=False).count() == 1


def test_import_command_with_a_fault_names_it_and_stores_nothing(db, tmp_path):
    file = tmp_path / "lines.csv"
    header = "country,country_name,name,call,text_number,text_word,chat,hours,purposes,rank,certainty,source,note"
    file.write_text(f"{header}\nIE,Ireland,Good,123,,,,,suicide,1,A,,\nIE,Ireland,Bad,call us,,,,,suicide,1,A,,\n")

    with pytest.raises(CommandError, match="line 3: 'call us' is not a telephone number"):
        call_command("import_helplines", str(file))

    assert not Helpline.objects.filter(country="IE").exists()


def test_import_command_missing_file_is_named(db, tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv cannot be read"):
        call_command("import_helplines", str(tmp_path / "nothing.csv"))


def test_admin_vouches_for_chosen_rows_by_the_operator_alone(as_user, line, operator, lead):
    operator.is_staff = lead.is_staff = True
    for person in (lead, operator):
        person.save(update_fields=["is_staff"])
    press = {"action": "mark_verified", "_selected_action": [line.pk]}

    assert as_user(lead).post("/admin/helplines/helpline/", press).status_code == 403
    assert Helpline.objects.get(pk=line.pk).verified_on is None
    as_user(operator).post("/admin/helplines/helpline/", press)

    line.refresh_from_db()
    assert (line.verified_on, line.verified_by) == (timezone.now().date(), operator)
