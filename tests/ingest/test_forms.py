"""The formats that the command names, and those that there are readers for."""

from kg.cli_ingest import FORMS
from kg.ingest.running import READERS


def test_the_command_names_the_formats_that_there_are_readers_for() -> None:
    assert sorted(FORMS) == sorted(READERS)
