"""What the tests of KServe's client share.

They run in an environment of their own, without the packages of the other client tests.
"""

import pytest
from models import identity_model, slow_model
from serving import Served, serve


@pytest.fixture(scope="session")
def served() -> Served:
    """A model that gives back what it is given, in every datatype."""
    return serve("kserve-kinds", identity_model())


@pytest.fixture(scope="session")
def slow() -> Served:
    """A model that takes as long as its input says."""
    return serve("kserve-slow", slow_model())
