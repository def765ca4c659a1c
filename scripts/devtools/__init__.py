"""The parts of scripts/dev.py; standard library only, because they run before anything is installed."""
