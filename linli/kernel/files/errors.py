"""Errors of uploaded files.

LinliError
└── FileError
    ├── FileRefused            the person can answer it: another file, a smaller one
    │   ├── FileTooLarge       413
    │   │   └── TooManyPixels  413
    │   ├── WrongFileType      415
    │   └── FileBroken         422
    │       ├── FileLocked     422  a password
    │       ├── FileHasScript  422  a document that wants to run something
    │       ├── FileNotClean   422  a place or device mark that could not be taken out
    │       └── FileTooCostly  422  opening it took more time or memory than any honest file needs
    ├── FilesMissing           422  a form names files that were never stored
    ├── DiskFull               507  nothing of the file was kept
    ├── FileGone               410  the row is there, the bytes are not
    └── LinkExpired            403  an address that is too old or was changed
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class FileError(LinliError):
    """Anything that can go wrong between a person's file and a served one."""

    code = "file"


class FileRefused(FileError):
    """The file itself is the reason; nothing of it was stored."""

    status = 422
    code = "file_refused"


class FileTooLarge(FileRefused):
    status = 413
    code = "file_too_large"


class TooManyPixels(FileTooLarge):
    """A small file that would unpack into more than `rules.MAX_PIXELS`."""

    code = "too_many_pixels"


class WrongFileType(FileRefused):
    """The content is of no accepted type, whatever the name says."""

    status = 415
    code = "wrong_file_type"


class FileBroken(FileRefused):
    code = "file_broken"


class FileLocked(FileBroken):
    code = "file_locked"


class FileHasScript(FileBroken):
    code = "file_has_script"


class FileNotClean(FileBroken):
    code = "file_not_clean"


class FileTooCostly(FileBroken):
    code = "file_too_costly"


class FilesMissing(FileError):
    status = 422
    code = "files_missing"


class DiskFull(FileError):
    status = 507
    code = "disk_full"


class FileGone(FileError):
    status = 410
    code = "file_gone"


class LinkExpired(FileError):
    status = 403
    code = "link_expired"
