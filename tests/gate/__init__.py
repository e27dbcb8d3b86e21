"""The gate: everything a change must pass, as rows that run side by side, one on each core.

    python -m tests.gate              every row; what bin/check and .ci/run start
    python -m tests.gate --no-tests   the tools alone
    python -m tests.gate --only-tests [--engine sqlite | postgres]

`rows.py` is the list, `running.py` keeps the cores busy, `costs.py` knows what each module's tests may cost.
What a row printed stands in `.gate/<row>.log`.
"""
