import pytest

from launcher.memory import GB, MB, server_settings, usable_memory


@pytest.mark.parametrize(
    ("memory", "shared_buffers", "work_mem", "cache"),
    [
        (512 * MB, "128MB", "8MB", "256MB"),
        (4 * GB, "512MB", "16MB", "2048MB"),
        (24 * GB, "3072MB", "64MB", "12288MB"),
        (256 * GB, "4096MB", "64MB", "131072MB"),
    ],
)
def test_the_database_takes_its_share_of_small_and_large_machines(
    memory, shared_buffers, work_mem, cache
):
    settings = server_settings(memory)

    assert settings["shared_buffers"] == shared_buffers
    assert settings["work_mem"] == work_mem
    assert settings["effective_cache_size"] == cache


def test_only_data_for_tests_are_not_forced_to_disk():
    assert "fsync" not in server_settings(4 * GB)
    assert server_settings(4 * GB, durable=False)["fsync"] == "off"


def test_a_limit_of_the_container_counts_as_the_machine(tmp_path, monkeypatch):
    limit, no_limit = tmp_path / "limit", tmp_path / "max"
    limit.write_text(f"{100 * MB}\n")
    no_limit.write_text("max\n")
    monkeypatch.setattr("launcher.memory.CGROUP_LIMITS", (str(no_limit), str(limit), "/no/file"))

    assert usable_memory() == 100 * MB
