"""The HTML report of a session: one self-contained file, with a timeline of each stream.

write_report(results, Path("report.html"))
"""

from graphtape_suites.report.page import render, write_report

__all__ = ["render", "write_report"]
