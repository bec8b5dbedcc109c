import json

import pytest

from launcher import environment


@pytest.fixture
def installs(tmp_path, monkeypatch):
    """The requirements files handed to pip, in a checkout of the test's own."""
    folder = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "FOLDER", folder)
    monkeypatch.setattr(environment, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", folder / "installed.json")
    (tmp_path / "requirements.txt").write_text("django==5.2.1\n")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2.1\npytest==8\n")
    calls: list[str] = []
    monkeypatch.setattr(environment, "run_pip", lambda file, _lock: calls.append(file))
    return calls


def test_an_environment_is_made_once(installs):
    environment.ensure("requirements.txt")
    environment.ensure("requirements.txt")

    assert installs == ["requirements.txt"]


def test_tools_for_development_are_added_to_what_is_there(installs):
    environment.ensure("requirements.txt")
    (environment.FOLDER / "kept").touch()

    environment.ensure("requirements-dev.txt")
    environment.ensure("requirements.txt")

    assert installs == ["requirements.txt", "requirements-dev.txt"]
    assert (environment.FOLDER / "kept").exists()


def test_changed_requirements_begin_anew_so_that_nothing_old_stays(installs):
    environment.ensure("requirements.txt")
    (environment.FOLDER / "old").touch()

    (environment.ROOT / "requirements.txt").write_text("django==5.2.2\n")
    environment.ensure("requirements.txt")

    assert installs == ["requirements.txt"] * 2
    assert not (environment.FOLDER / "old").exists()


def test_an_installation_that_was_killed_is_begun_anew(installs, monkeypatch):
    def killed(_file, _lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment, "run_pip", killed)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure("requirements.txt")
    environment.ensure("requirements.txt")

    assert installs == ["requirements.txt"]


@pytest.mark.parametrize("stamp", ["", "{", "[]", json.dumps({"requirements.txt": "other"})])
def test_a_broken_stamp_counts_as_none(installs, stamp):
    environment.ensure("requirements.txt")
    environment.STAMP.write_text(stamp)

    environment.ensure("requirements.txt")

    assert installs == ["requirements.txt"] * 2
