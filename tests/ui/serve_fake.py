"""`python tests/ui/serve_fake.py PORT`: the page over the scripted stand-in, to look at."""

from __future__ import annotations

import sys
import tempfile
import time

from fake_assistant import FakeAssistant

from assistant.settings import Settings
from assistant.ui import server


def opener() -> FakeAssistant:
    time.sleep(3)
    return FakeAssistant(delay=0.4)


if __name__ == "__main__":
    server.run(Settings(home=tempfile.mkdtemp(), port=int(sys.argv[1])), opener, say=print)  # type: ignore[arg-type]
