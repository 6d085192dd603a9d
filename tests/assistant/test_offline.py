"""A question is answered in a process that cannot open a network connection, without loading torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import socket, sys

tried = []
real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

def refuse(self, address, real):
    if self.family == socket.AF_UNIX:
        return real(self, address)
    tried.append(str(address))
    raise OSError("the network is blocked")

class Blocked(socket.socket):
    def connect(self, address):
        return refuse(self, address, real_connect)

    def connect_ex(self, address):
        return refuse(self, address, real_connect_ex)

def lookup(host, *_, **__):
    tried.append(str(host))
    raise OSError("the network is blocked")

socket.socket = Blocked
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = lookup

from assistant.answering import Assistant
from assistant.settings import Settings

answer = Assistant.open(Settings()).ask("What was Jinshang Bank's non-performing loan ratio at the end of 2024?")
import json
heavy = sorted({"torch", "transformers", "sentence_transformers"} & set(sys.modules))
print(json.dumps({"value": answer.value, "tried": tried, "heavy": heavy}))
"""


def test_the_question_path_opens_no_connection_and_loads_no_torch(real_home: Path) -> None:
    environment = {**os.environ, "ASSISTANT_HOME": str(real_home)}
    command = [sys.executable, "-c", SCRIPT]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout.splitlines()[-1]) == {"value": 1.77, "tried": [], "heavy": []}


def test_the_block_blocks() -> None:
    """The test above would fail if the path did open one."""
    opened = SCRIPT.split("from assistant.answering")[0] + (
        "import urllib.request\n"
        "try:\n    urllib.request.urlopen('http://127.0.0.1:9/', timeout=2)\n"
        "except OSError as error:\n    print(tried, error)\n"
    )
    result = subprocess.run([sys.executable, "-c", opened], capture_output=True, text=True, timeout=60, check=False)
    assert "blocked" in result.stdout
    assert "127.0.0.1" in result.stdout
