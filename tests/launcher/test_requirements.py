import pytest

from launcher import requirements
from launcher.problems import Problem


def test_requirements_are_in_step_with_what_is_declared():
    requirements.check()


def test_a_dependency_that_was_not_compiled_is_noticed(tmp_path, monkeypatch):
    declared = requirements.PYPROJECT.read_text().replace('"orjson>=', '"orjson>=99,>=')
    changed = tmp_path / "pyproject.toml"
    changed.write_text(declared)
    monkeypatch.setattr(requirements, "PYPROJECT", changed)

    with pytest.raises(Problem, match=r"requirements\.txt is not in step.*`make requirements`"):
        requirements.check()


def test_every_requirement_has_hashes_and_none_names_where_it_comes_from():
    for file in (requirements.RUNTIME, requirements.DEVELOPMENT):
        text = file.read_text()
        packages = text.count("==")

        assert packages > 20
        assert text.count("\\\n    --hash=sha256:") >= packages
        assert "://" not in text
        assert "index-url" not in text
