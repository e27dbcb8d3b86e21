"""What may be wrong with a copy of an installation.

LinliError
└── UpkeepError
    ├── BadBackup        the file is not a whole, readable backup
    ├── WrongPassphrase  it is encrypted with another passphrase, or with none given
    ├── InUse            the installation is running
    ├── NotEmpty         something is there already and would be replaced
    └── BadTarget        the other database is not one we can write into
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class UpkeepError(LinliError):
    status = 409
    code = "upkeep"


class BadBackup(UpkeepError):
    code = "bad_backup"


class WrongPassphrase(UpkeepError):
    code = "wrong_passphrase"


class InUse(UpkeepError):
    code = "in_use"


class NotEmpty(UpkeepError):
    code = "not_empty"


class BadTarget(UpkeepError):
    code = "bad_target"
