"""What holds for every test."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# A machine that is busy is no fault of what is tested. The ordinary run takes the same examples
# every time; `make explore` takes new ones.
settings.register_profile("any-machine", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("any-machine")


@pytest.fixture(autouse=True)
def traces_go_where_this_test_looks() -> Iterator[None]:
    """A command that ran in this process sent traces to a stream that ends with its test."""
    yield
    structlog.reset_defaults()
