"""Run the whole site: broker, worker, beat and web server, started and stopped together."""

import http.client
import os
import sys
from argparse import ArgumentParser
from functools import partial
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from community import broker, preflight
from community.health import broker_answers
from community.supervisor import NotReadyError, Service, Supervisor

# A server that listens on every address is asked on the nearest one.
_PROBE_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound to
# The worker warns loudly when root runs it, which is for the operator's guide and not for every start.
_QUIET_ROOT = ["-W", "ignore:You're running the worker with superuser privileges"]
_CELERY = [sys.executable, *_QUIET_ROOT, "-m", "celery", "--skip-checks", "--quiet", "-A", "community"]


class Command(BaseCommand):
    """`manage.py serve`: runs until Ctrl-C or SIGTERM, restarts what dies, leaves nothing behind."""

    help = "Run the site: web server, worker, beat and, unless REDIS_URL is set, the broker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where to listen, and whether to prepare first."""
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1", help="address to listen on (HOST)")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="TCP port to listen on (PORT)")
        parser.add_argument("--prepare", action="store_true", help="prepare the data first, and the demo community")

    def handle(self, *, host: str, port: str, prepare: bool, **options: Any) -> None:
        """Run the site; raises CommandError with one line when it cannot start."""
        try:
            preflight.check_folder(settings.DATA_DIR)
            lock = preflight.take_folder(settings.DATA_DIR)
            preflight.check_port(host, port)
            if settings.REDIS_URL and not broker_answers(timeout=2):
                raise CommandError("REDIS_URL names a server that does not answer. Start it, or unset REDIS_URL.")
            if prepare:
                self._prepare()
            supervisor = Supervisor(
                services(host, port),
                cwd=settings.BASE_DIR,
                env=os.environ | {"DATA_DIR": str(settings.DATA_DIR)},
                keep_open=(lock,),
            )
            shown = f"[{host}]" if ":" in host else host
            supervisor.run(on_ready=partial(self._say, f"Alongside is ready at http://{shown}:{port}/"))
        except (preflight.PreflightError, broker.BrokerError, NotReadyError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            # Before the supervisor took over: nothing runs yet.
            raise CommandError("Stopped.", returncode=130) from None

    def _prepare(self) -> None:
        call_command("prepare", stdout=self.stdout)
        if settings.DEMO:
            accounts = settings.DATA_DIR / "demo-accounts.txt"
            if not accounts.is_file():
                self._say("Preparing the demo community ...")
            # It prints the accounts when it makes them; here they are shown at every start.
            call_command("seed_demo", if_empty=True, stdout=StringIO())
            if accounts.is_file():
                self._say(f"Demo accounts (role, username, password):\n{accounts.read_text(encoding='utf-8').rstrip()}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def services(host: str, port: str) -> list[Service]:
    """Return what the site consists of, in the order of starting; it is stopped in the opposite order."""
    queues = ",".join(settings.CELERY_TASK_QUEUES_IN_ORDER)
    worker = f"worker --queues {queues} --concurrency 2 --loglevel WARNING --without-gossip --without-mingle"
    # Beat is a process of its own: started inside the worker, it would outlive a killed worker and go on ringing.
    beat = ["beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(settings.DATA_DIR / "beat-schedule")]
    threads = min(4, 2 * (os.cpu_count() or 1) + 1)
    web = (
        f"granian --interface wsgi --host {host} --port {port} --workers 1 --blocking-threads {threads} --no-ws "
        "--respawn-failed-workers --workers-kill-timeout 5 --log-level warning community.wsgi:application"
    )
    found = [
        Service("worker", [*_CELERY, *worker.split()], patience=10),
        Service("beat", [*_CELERY, *beat]),
        Service("web", [sys.executable, "-m", *web.split()], patience=8, is_ready=partial(web_answers, host, port)),
    ]
    if not settings.REDIS_URL:
        ping = partial(broker_answers, timeout=0.5)
        found.insert(0, Service("broker", broker.command(settings.DATA_DIR), is_ready=ping))
    return found


def web_answers(host: str, port: str) -> bool:
    """Return whether the web server at `host` and `port` answers /healthz."""
    allowed = next(iter(settings.ALLOWED_HOSTS), "localhost")
    name = "localhost" if allowed == "*" else allowed.lstrip(".")
    connection = http.client.HTTPConnection(_PROBE_HOSTS.get(host, host), int(port), timeout=1)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
