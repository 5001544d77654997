"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says more of what else the machine does than of the code: nothing fails by it.
settings.register_profile("sonotag", settings.default, deadline=None)
settings.load_profile("sonotag")
