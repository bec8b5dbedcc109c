"""PostgreSQL's settings for the machine at hand. Its defaults are for 1998."""

import os
import shutil
from pathlib import Path

MB = 2**20
GB = 2**30
# Where Linux says how much a container may use; the files are absent or say "max" without a limit.
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def server_settings(memory: int, *, durable: bool = True) -> dict[str, str]:
    """Settings for a server that shares a machine of `memory` bytes with the rest of us.

    `durable=False`: nothing is forced to disk, for tests, whose data nobody needs after a crash.
    """
    settings = {
        "shared_buffers": megabytes(between(128 * MB, memory // 8, 4 * GB)),
        "effective_cache_size": megabytes(max(256 * MB, memory // 2)),
        "work_mem": megabytes(between(8 * MB, memory // 256, 64 * MB)),
        "maintenance_work_mem": megabytes(between(64 * MB, memory // 32, 512 * MB)),
        "random_page_cost": "1.1",  # no disk with a moving head any more
        "max_wal_size": "2GB",  # an import is not stopped by checkpoints
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "jit": "off",  # compiling takes longer than our queries
        "client_connection_check_interval": "5s",  # a query whose client was killed ends too
        "dynamic_shared_memory_type": "posix" if has_room_for_shared_memory() else "mmap",
        "log_checkpoints": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def usable_memory() -> int:
    """Bytes of memory that this machine, or the container we are in, has."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    said = [file.read_text().strip() for file in map(Path, CGROUP_LIMITS) if file.exists()]
    return min([physical, *(int(text) for text in said if text.isdigit())])


def has_room_for_shared_memory() -> bool:
    """Whether parallel queries can use /dev/shm; many containers leave it only 64 MB."""
    shared = Path("/dev/shm")  # noqa: S108 - only asked for its size
    return not shared.exists() or shutil.disk_usage(shared).total >= GB


def between(least: int, wished: int, most: int) -> int:
    return max(least, min(wished, most))


def megabytes(count: int) -> str:
    """`count` bytes as PostgreSQL writes sizes."""
    return f"{count // MB}MB"
