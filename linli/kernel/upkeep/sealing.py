"""A file that only a passphrase opens.

    LINLI-SEALED-1 <salt, 16 bytes> then parts: <length, 4 bytes> <ciphertext and tag>

AES-256-GCM; the key is scrypt(passphrase, salt) with N=2^17, r=8, p=1 (128 MiB, about half a second: what the OWASP
password storage cheat sheet asks for). Each part of 1 MiB has its number as nonce; the salt is new for every file, so
no pair of key and nonce is used twice. The last part is marked in what is authenticated, so a file that was cut off or
whose parts changed places does not open.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linli.kernel.upkeep.errors import BadBackup, WrongPassphrase

HEAD = b"LINLI-SEALED-1\n"
PART = 1 << 20
TAG = 16
SALT = 16
SCRYPT_N, SCRYPT_R, SCRYPT_P = 1 << 17, 8, 1
SHORTEST = 12
"""Characters of a passphrase; at least 8. A backup that is stolen can be tried at leisure."""


def is_sealed(file: IO[bytes]) -> bool:
    """Whether a file begins like a sealed one; the position is put back to the beginning."""
    found = file.read(len(HEAD)) == HEAD
    file.seek(0)
    return found


def seal(plain: IO[bytes], sealed: IO[bytes], passphrase: str) -> None:
    """Write `plain` into `sealed` so that only the passphrase opens it.

    Raises:
        WrongPassphrase: it is shorter than SHORTEST.
    """
    if len(passphrase) < SHORTEST:
        raise WrongPassphrase(f"口令至少 {SHORTEST} 个字符；丢了口令，备份就打不开。")
    salt = secrets.token_bytes(SALT)
    cipher = AESGCM(_key(passphrase, salt))
    sealed.write(HEAD + salt)
    number, part = 0, plain.read(PART)
    while True:
        following = plain.read(PART)
        closed = cipher.encrypt(_nonce(number), part, _last(not following))
        sealed.write(len(closed).to_bytes(4) + closed)
        if not following:
            return
        number, part = number + 1, following


def unseal(sealed: IO[bytes], plain: IO[bytes], passphrase: str) -> None:
    """Write what was sealed into `plain`.

    Raises:
        WrongPassphrase: the first part does not open.
        BadBackup: a later part does not, or the file ends too early.
    """
    sealed.seek(len(HEAD))
    cipher = AESGCM(_key(passphrase, sealed.read(SALT)))
    number, closed = 0, _part(sealed)
    while True:
        following = _part(sealed)
        try:
            plain.write(cipher.decrypt(_nonce(number), closed, _last(not following)))
        except InvalidTag:
            if number == 0:
                raise WrongPassphrase("口令不对，或备份文件已损坏。") from None
            raise BadBackup("备份文件不完整或被改动过，请用另一份备份。") from None
        if not following:
            return
        number, closed = number + 1, following


def _part(sealed: IO[bytes]) -> bytes:
    length = int.from_bytes(sealed.read(4))
    if length > PART + TAG:
        raise BadBackup("备份文件不完整或被改动过，请用另一份备份。")
    return sealed.read(length)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)


def _last(last: bool) -> bytes:  # noqa: FBT001 - one of two marks
    return b"last" if last else b"more"


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(),
        salt=salt,
        n=SCRYPT_N,
        r=SCRYPT_R,
        p=SCRYPT_P,
        maxmem=SCRYPT_N * SCRYPT_R * 256,
        dklen=32,
    )
