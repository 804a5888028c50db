"""The event log's first link, its append-only trigger, and the table behind the cache."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from core.triggers import append_only


def begin_chain(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("core", "EventChain").objects.get_or_create(pk=1)


def make_cache_table(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunPython(begin_chain, migrations.RunPython.noop),
        append_only("core_event"),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop),
    ]
