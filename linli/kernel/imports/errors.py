"""ImportsError
└── LinliError
    └── ImportUnknown    no such import, or none this person may see
"""

from __future__ import annotations

from linli.kernel.errors import NotFound


class ImportUnknown(NotFound):
    code = "import_unknown"
