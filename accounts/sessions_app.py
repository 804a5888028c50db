"""allauth's session list, told not to keep addresses; stands in INSTALLED_APPS in its place."""

from allauth.account.signals import password_changed, password_set, user_logged_in
from allauth.usersessions.apps import UserSessionsConfig


class PrivateSessionsConfig(UserSessionsConfig):
    """The same app with our receiver: allauth's own stores IP address and user agent and has no switch for that."""

    def ready(self) -> None:
        """Connect the receiver that keeps neither."""
        from accounts.sessions import note_session  # noqa: PLC0415  it needs the models, which are loaded only now

        for signal in (user_logged_in, password_set, password_changed):
            signal.connect(note_session, dispatch_uid="accounts.sessions")
