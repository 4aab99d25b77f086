#!/usr/bin/python3
"""The notebook (scripts/notebook.py) as a contestant: its time, memory and answer as one line of JSON.

usage: notebook.py FILE [--lean]     --lean: read only the four columns that are used
"""

import contextlib
import io
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scripts"))
sys.dont_write_bytecode = True
import notebook

printed = io.StringIO()
started = time.perf_counter()
with contextlib.redirect_stdout(printed):
    notebook.main()
elapsed_ms = (time.perf_counter() - started) * 1000
said = json.loads(printed.getvalue())
answer = {key: said[key] for key in ("rowsTcp", "distinct", "top")}
answer["buckets"] = said["timelines"][0]["buckets"]
peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"elapsedMs": elapsed_ms, "peakBytes": peak_bytes, "answer": answer}))
