"""Being the only one at a data folder. `bin/run` holds the same lock as long as it runs."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.kernel.engine.exchanging import others_connected
from linli.kernel.upkeep.errors import InUse


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the data folder for the length of the block.

    Raises:
        InUse: Linli runs over it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip() or "另一个窗口"
            raise InUse(
                f"邻里正在运行（{where}），不能恢复或搬迁。请先停止它（Ctrl-C 或 systemctl stop linli），再运行一次。"
            ) from None
        yield


def check_nobody_else() -> None:
    """Refuse while others speak to the same database server's database.

    Raises:
        InUse: somebody does.
    """
    others = others_connected()
    if others:
        raise InUse(
            f"数据库上还有 {others} 个别的连接（其他机器上的邻里？）。请先全部停止，再运行一次。"
        )
