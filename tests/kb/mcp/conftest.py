from tests.kb.api.conftest import api

__all__ = ["api"]
