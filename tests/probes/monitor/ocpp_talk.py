"""Two ends of an OCPP-like conversation over a WebSocket: `serve ADDRESS PORT` answers, `call ADDRESS PORT` asks."""

from __future__ import annotations

import sys
import time

from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve


def answer(connection: ServerConnection) -> None:
    for text in connection:
        connection.send(f"[3,{text!r}]")


def main(role: str, address: str, port: str) -> None:
    if role == "serve":
        with serve(answer, address, int(port), compression=None) as server:
            sys.stdout.write("serving\n")
            sys.stdout.flush()
            server.serve_forever()
    with connect(f"ws://{address}:{port}/", compression=None) as client:
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        while True:
            client.send("x" * 60)
            client.recv()
            time.sleep(0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
