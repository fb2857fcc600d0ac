"""Properties of the rules: no deadline for one example, since the machine that runs the tests has other work too."""

from hypothesis import settings

settings.register_profile("engine", deadline=None, max_examples=60)
settings.load_profile("engine")
