from reporting.circulars.models import Circular, NumberSeries
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
    "NumberSeries",
    "Report",
    "RowMatch",
    "Snapshot",
    "SnapshotRow",
    "StagedRow",
    "UploadTally",
]
