"""A small mail server on this machine that takes, refuses or drops what it is handed. Standard library alone."""

import contextlib
import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage

from tests.ports import free_port


class SmtpServer(socketserver.ThreadingTCPServer):
    """Listens until closed. `mood` is "take", "refuse" (no to the recipient) or "drop" (takes the mail, then hangs up)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), _Talk)
        self.mood = "take"
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []

    @property
    def port(self) -> int:
        """The port to connect to."""
        return self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        """Speak just enough SMTP (RFC 5321)."""
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "RCPT":
                self.server.recipients.append(line)
                self.say("550 no" if self.server.mood == "refuse" else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.take()
                if self.server.mood == "drop":
                    return
                self.say("250 ok")
            else:
                self.say("250 ok")

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.taken.append(message)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextlib.contextmanager
def running():
    """Give a server that runs until the end of the block."""
    with SmtpServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=5)
