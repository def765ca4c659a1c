from reporting.circulars.models import Circular
from reporting.ledgers.models import (
    Attempt,
    AttemptState,
    CityPackage,
    ColumnMemory,
    Ledger,
    LedgerEntry,
    RowMatch,
    StagedRow,
    UploadTally,
)
from reporting.reports.models import Report, Snapshot, SnapshotRow

__all__ = [
    "Attempt",
    "AttemptState",
    "Circular",
    "CityPackage",
    "ColumnMemory",
    "Ledger",
    "LedgerEntry",
    "Report",
    "RowMatch",
    "Snapshot",
    "SnapshotRow",
    "StagedRow",
    "UploadTally",
]
