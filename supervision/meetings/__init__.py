"""Meetings of a unit: the calendar, what is due by regime, attendance, minutes, agreed items, the .ics feed (G三, H22)."""
