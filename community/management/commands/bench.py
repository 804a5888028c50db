"""Measure pages and the queue at several sizes of community."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.test.utils import setup_test_environment, teardown_test_environment

from bench.measuring import Figure, measure
from bench.seeding import fill


class Command(BaseCommand):
    """`manage.py bench --threads 1000 --threads 100000`: medians, and ratios to a bare view, in a database of its own."""

    help = "Fill a database of its own in bulk and measure pages, submitting and claiming."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the sizes and the number of repeats."""
        parser.add_argument("--threads", type=int, action="append", help="how many threads (may be given twice)")
        parser.add_argument("--replies", type=int, default=2, help="replies in each thread but one (default 2)")
        parser.add_argument("--waiting", type=int, help="waiting cases (default: a tenth of the threads)")
        parser.add_argument("--repeats", type=int, default=40, help="requests measured for each figure (default 40)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each size in turn and print the table."""
        sizes = options["threads"] or [1000]
        figures: dict[int, list[Figure]] = {}
        setup_test_environment()
        try:
            for size in sizes:
                figures[size] = self._measure(size, options)
        finally:
            teardown_test_environment()
        if len(sizes) > 1:
            self._print_growth(figures[sizes[0]], figures[sizes[-1]], sizes)

    def _measure(self, size: int, options: dict[str, Any]) -> list[Figure]:
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            start = time.perf_counter()
            seeded = fill(size, replies_each=options["replies"], waiting=options["waiting"] or max(size // 10, 100))
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            took = time.perf_counter() - start
            found = measure(seeded, repeats=options["repeats"])
        finally:
            connection.creation.destroy_test_db(str(name), verbosity=0)
        self.stdout.write(f"\n{connection.vendor}, {size:,} threads (filled in {took:.0f} s)")
        self.stdout.write(f"{'':<34}{'median ms':>10}{'slowest':>10}{'bare ms':>10}{'ratio':>8}")
        for figure in found:
            bare = f"{figure.bare_ms:>10.2f}{figure.ratio:>8.1f}" if figure.bare_ms else f"{'':>18}"
            self.stdout.write(f"{figure.name:<34}{figure.median_ms:>10.2f}{figure.slowest_ms:>10.2f}{bare}")
        return found

    def _print_growth(self, small: list[Figure], large: list[Figure], sizes: list[int]) -> None:
        self.stdout.write(f"\nmedian at {sizes[-1]:,} threads compared with {sizes[0]:,}")
        for before, after in zip(small, large, strict=True):
            self.stdout.write(f"{before.name:<34}{after.median_ms / before.median_ms:>9.2f}x")
