"""Write docs/frames.md from the column records of the frames (tests/lab/test_frames_doc.py compares)."""

from __future__ import annotations

from pathlib import Path

from junheng.lab.frames.text import frames_text

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "frames.md"
YEAR = 2024

if __name__ == "__main__":
    PAGE.write_text(frames_text(ROOT / "params", YEAR), encoding="utf-8")
