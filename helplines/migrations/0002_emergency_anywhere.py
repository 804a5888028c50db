"""The one number for people whose country is not known: 112, which mobile phones connect to the emergency services.

Source: 3GPP TS 22.101, section 10 (a phone treats 112 as an emergency call in every network). Like every other row it has
to be checked again within half a year; an operator does that on the administration pages.
"""

from datetime import date

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_RELEASED_ON = date(2026, 11, 23)


def add_row(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("helplines", "Helpline").objects.get_or_create(
        country="ZZ",
        name="Emergency number on most mobile phones",
        defaults={
            "country_name": "Anywhere",
            "call": "112",
            "hours": "24 hours",
            "note": "From most mobile phones this reaches the local emergency services.",
            "purposes": ["emergency"],
            "rank": 0,
            "source": "3GPP TS 22.101, section 10",
            "certainty": "A",
            "verified_on": _RELEASED_ON,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("helplines", "0001_initial")]
    operations = [migrations.RunPython(add_row, migrations.RunPython.noop)]
