"""Table import: any office's workbook in, a checked reading out. Pure: no models, no settings, no clock, no network.

``reader.read_table`` reads, ``mark.mark_workbook`` gives the user's own workbook back with cells marked,
``write.write_ledger`` makes the ledger to fill in. Why it is built so: docs/adr/0004-table-import.md.
"""
