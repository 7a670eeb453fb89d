"""A loop that shows up as a task.

    TASKWIRE_USER=alice python import_rows.py rows.csv
"""
import csv
import sys

import taskwire

with open(sys.argv[1], newline="") as file:
    rows = list(csv.DictReader(file))

total = 0
for row in taskwire.track(rows, name="Import", unit="rows"):
    total += int(row["amount"])
print(f"{len(rows)} rows, {total} in all")
