"""The settings of the site, and beside its subject the toy one of the engine's own tests."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.library"]
API_LIMITS = None  # tests ask more than anybody may; those of limits count in files of their own
