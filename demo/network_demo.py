"""Shows `perfkit network` without hardware: an emulated dongle, and a responder behind an emulated 3G link.

All three listen on free ports of 127.0.0.1 and are ended with this script, however it ends.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_PERFKIT = [sys.executable, "-m", "perfkit"]
_PATIENCE_S = 60.0
_DONGLE_SPEED = "50"


def main() -> int:
    """Run everything; the exit code of `perfkit network`."""
    with ExitStack() as stack:
        # The journal of the emulated dongle must not lie beside that of a real one.
        state = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {**os.environ, "XDG_STATE_HOME": state, "LOCALAPPDATA": state}
        far, near = free_port(), free_port()
        dongle = stack.enter_context(
            running(["emulate", "dongle", "--show-signal", "--speed", _DONGLE_SPEED], r"http://[\d.:]+", environment)
        )
        stack.enter_context(running(["responder", "--listen", f"127.0.0.1:{far}"], "listens", environment))
        link = ["emulate", "link", "--setting", "3g", "--to", f"127.0.0.1:{far}", "--listen", f"127.0.0.1:{near}"]
        stack.enter_context(running(link, "emulated link", environment))
        words = ["network", "--device", dongle, "--to", f"127.0.0.1:{near}", "--technology", "3g", "--quick"]
        sys.stdout.write(f"\n$ perfkit {' '.join(words)}\n")
        sys.stdout.flush()
        return subprocess.run([*_PERFKIT, *words], env=environment, check=False).returncode


def free_port() -> int:
    """A port of 127.0.0.1 that is free for TCP now, and most likely for UDP."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(words: list[str], wanted: str, environment: dict[str, str]) -> Iterator[str]:
    """A perfkit command in the background until the end of the block; gives what matches `wanted` in its output."""
    child = subprocess.Popen([*_PERFKIT, *words], stdout=subprocess.PIPE, text=True, env=environment)
    timer = threading.Timer(_PATIENCE_S, child.kill)
    timer.start()
    try:
        for line in child.stdout or ():
            match = re.search(wanted, line)
            if match:
                timer.cancel()
                yield match[0]
                return
        raise SystemExit(f"perfkit {' '.join(words)} did not start")
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
