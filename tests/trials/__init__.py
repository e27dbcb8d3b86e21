"""Robustness trials: slow on purpose, run by hand, each prints what it counted and exits 1 if a promise broke.

python -m tests.trials.kill --rounds 50
python -m tests.trials.escalation --cases 10000
python -m tests.trials.races --races 1000
python -m tests.trials.recompute --cases 100000
python -m tests.trials.damaged_tables --files 500
python -m tests.trials.masking messages.csv
"""
