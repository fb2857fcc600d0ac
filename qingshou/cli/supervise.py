"""Two child processes that live and die together: the web server (granian) and the background worker."""

from __future__ import annotations

import ctypes
import errno
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

THREADS_A_WORKER = 4  # a page holds the interpreter's lock most of its time; more threads would only queue
LOOK_SECONDS = 0.2
STOP_SECONDS = 30.0  # a job's own process gets 20 of them to roll back
LEAST_LIFE_SECONDS = 5.0  # a worker that dies sooner than this will not live the next time either
PR_SET_PDEATHSIG = 1


def web(host: str, port: int, workers: int) -> list[str]:
    """The command of the web server."""
    return [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", str(workers), "--blocking-threads", str(THREADS_A_WORKER), "--respawn-failed-workers",
            "--workers-kill-timeout", "10", "--log-level", "warning", "qingshou.config.wsgi:application"]


def background() -> list[str]:
    """The command of the worker."""
    return [sys.executable, "-m", "qingshou", "work"]


def port_is_free(host: str, port: int) -> bool:
    """Whether the address can be listened on."""
    try:
        family, kind, proto, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return False
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
            return False
        raise
    return True


def run(commands: dict[str, list[str]]) -> int:
    """Run until a signal asks to stop, or the web server ends. A worker that dies is started again."""
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = {name: _start(command) for name, command in commands.items()}
    born = dict.fromkeys(commands, time.monotonic())
    status = 0
    while not stopping:
        time.sleep(LOOK_SECONDS)
        for name, child in children.items():
            if child.poll() is None:
                continue
            if name == "web" or time.monotonic() - born[name] < LEAST_LIFE_SECONDS:
                stopping, status = True, 1
            else:
                children[name], born[name] = _start(commands[name]), time.monotonic()
    for child in children.values():
        child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return status


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl+C reaches only us and the children end in order."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent)


def _die_with_parent() -> None:
    """Linux: a child is asked to stop when this process is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
