from forums.importing.progress import Progress

WORDS = "at %(percent)d%% with %(done)d"


class Clock:
    """Time that passes only when told, for the monotonic clock."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr("time.monotonic", lambda: self.now)


def test_log_gets_a_line_each_second_at_most(monkeypatch):
    clock, lines = Clock(monkeypatch), []
    progress = Progress(lines.append, is_terminal=False, size=200, words=WORDS)

    progress.on_bytes(50)
    clock.now += 1.0
    progress.on_bytes(100)
    progress.on_post()
    clock.now += 1.5
    progress.on_post()
    progress.close()

    assert lines == ["at 50% with 0\n", "at 50% with 2\n"]


def test_terminal_is_written_over_and_left_clean(monkeypatch):
    clock, lines = Clock(monkeypatch), []
    progress = Progress(lines.append, is_terminal=True, size=200, words=WORDS)

    clock.now += 0.2
    progress.on_bytes(200)
    progress.on_bytes(200)
    progress.close()

    assert lines == ["\rat 100% with 0", "\r" + " " * 14 + "\r"]


def test_empty_file_shows_no_division_by_zero(monkeypatch):
    clock, lines = Clock(monkeypatch), []
    progress = Progress(lines.append, is_terminal=False, size=0, words=WORDS)

    clock.now += 2
    progress.on_bytes(5)

    assert lines == ["at 100% with 0\n"]
