"""Where tests find files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Sample workbooks and policy texts lie beside the repository.
SHARED = ROOT.parent / "shared"
VENDOR = Path(__file__).resolve().parent / "vendor"
