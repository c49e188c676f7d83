"""What speedtest-cli needs of the Internet, at the far end of an emulated link: its configuration and a "Mini" server.

    python -m benchmarks.speedtest_stand_in ADDRESS

Answers on port 80 as far as speedtest-cli 2.1.3 asks (read in its source): the configuration that it fetches from
www.speedtest.net even for a server of one's own, with the numbers that decide about its volume; the page that a Mini
server is recognised by; latency.txt; pictures of the usual sizes, here random bytes; the upload's answer.
"""

from __future__ import annotations

import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Sizes in bytes of the pictures by their edge in pixels.
PICTURES = {
    350: 245_388, 500: 505_544, 750: 1_118_012, 1000: 1_986_284, 1500: 4_468_241,
    2000: 7_907_740, 2500: 12_407_926, 3000: 17_816_816, 3500: 24_262_167, 4000: 31_625_365,
}  # fmt: skip
CONFIGURATION = b"""<?xml version="1.0" encoding="UTF-8"?>
<settings>
 <client ip="192.0.2.1" lat="0" lon="0" isp="emulated" isprating="0" rating="0" ispdlavg="0" ispulavg="0" loggedin="0"
  country="ZZ"/>
 <server-config threadcount="4" ignoreids=""/>
 <download testlength="10" threadsperurl="4"/>
 <upload testlength="10" ratio="5" maxchunkcount="50" threads="2"/>
</settings>
"""
_CHUNK_BYTES = 65_536


class Handler(BaseHTTPRequestHandler):
    """One connection of the client."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with what the path stands for."""
        path = self.path.split("?")[0]
        picture = re.fullmatch(r"/speedtest/random(\d+)x\d+\.jpg", path)
        if picture is not None:
            self._random(PICTURES.get(int(picture[1]), 245_388))
        elif path == "/speedtest-config.php":
            self._text(CONFIGURATION)
        elif path == "/speedtest/latency.txt":
            self._text(b"test=test")
        else:
            self._text(b'upload_extension: "php"')

    def do_POST(self) -> None:
        """Swallow an upload."""
        size_bytes = left = int(self.headers.get("Content-Length", 0))
        while left > 0 and (data := self.rfile.read(min(left, _CHUNK_BYTES))):
            left -= len(data)
        self._text(b"size=%d" % size_bytes)

    def _text(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _random(self, size_bytes: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(size_bytes))
        self.end_headers()
        block = os.urandom(_CHUNK_BYTES)
        for start in range(0, size_bytes, _CHUNK_BYTES):
            self.wfile.write(block[: size_bytes - start])

    def handle_one_request(self) -> None:
        """The client hangs up in the middle when its ten seconds are over."""
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Answer until killed."""
    with ThreadingHTTPServer((sys.argv[1], 80), Handler) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
