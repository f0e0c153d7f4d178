#!/usr/bin/env python3
"""Makes the stored page of Tests/HTMLReportTests again, by the tests themselves.

Example:
  Scripts/make-golden report
"""
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.exit(
    subprocess.run(
        [CHECKOUT / "Scripts" / "test", "--filter", "ReportPageTests"], cwd=CHECKOUT,
        env=os.environ | {"REWRITE_GOLDEN": "1"}).returncode)
