"""The web server: gunicorn inside the management command, so that one process owns the database."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandError
from django.db import connections
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}/"


class _Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Hands our settings and the already loaded application to gunicorn."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from wanzhou_eval.wsgi import application  # noqa: PLC0415  # after Django is set up

        return application


class _Foreground(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """A closed terminal ends the server; gunicorn alone would reload and live on unseen."""

    def handle_hup(self) -> None:
        self.handle_term()


def serve(
    address: Address, *, workers: int, threads: int, ready: Callable[[], None], foreground: bool
) -> None:
    """Serve until asked to end (Ctrl-C, SIGTERM); `ready` is called once the port is open."""
    _require_free(address)

    def opened(_server: Arbiter) -> None:
        ready()
        connections.close_all()  # a forked worker must not share a connection

    options = {
        "bind": f"{address.host}:{address.port}",
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "timeout": 120,
        "graceful_timeout": 10,
        "preload_app": True,
        "control_socket_disable": True,
        "loglevel": "warning",
        "when_ready": opened,
    }
    (_Foreground if foreground else Arbiter)(_Application(options)).run()


def _require_free(address: Address) -> None:
    """Refuse a port that is in use with the remedy, before anything else is tried."""
    try:
        with socket.socket(socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address.host, address.port))
    except OSError as error:
        raise CommandError(
            f"端口 {address.port} 不能使用（{error.strerror}）。"
            f"请关闭占用它的程序，或换一个端口，例如 PORT={address.port + 1} make run。"
        ) from error
