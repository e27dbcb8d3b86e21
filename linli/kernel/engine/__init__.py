"""The one place that knows which database engine is running.

A setting chooses the engine; nothing above this package asks which one it is.
`database` turns one URL into Django's settings; `search` makes, fills and reads the full-text index.
"""
