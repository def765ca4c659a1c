from reporting.circulars.models import Circular
from reporting.disclosure.models import Publication
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
    "Publication",
    "Report",
    "RowMatch",
    "Snapshot",
    "SnapshotRow",
    "StagedRow",
    "UploadTally",
]
