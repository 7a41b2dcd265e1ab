"""The example runs as its first lines say."""

import subprocess
import sys
from pathlib import Path


def test_own_cerebro():
    command = [sys.executable, "-W", "error", "-m", "examples.own_cerebro"]
    ran = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
    cautious, hybrid = ran.stdout.splitlines()
    assert cautious.startswith("CautiousKelly   {'active': ")
    assert hybrid.startswith("Kelly           {'active': ")
    assert "'passive': " in hybrid
    assert ran.stderr == ""
