"""What more can go wrong where an engine elsewhere has the data; part of the tree of `kg.errors`."""

from __future__ import annotations

from kg.errors import StoreProblem


class EngineFailed(StoreProblem):
    """The engine that has the data did not answer, or with nothing that can be used; `again` is whether it is worth to
    come again at once, `retry_after` after how many seconds it is in any case."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        self.again, self.retry_after = again, 5
        super().__init__(message)


class EngineLoading(StoreProblem):
    """The version `version` is being put in place in the engine; `retry_after` is in seconds."""

    def __init__(self, version: str) -> None:
        self.version, self.retry_after = version, 5
        super().__init__(
            f"the version {version} is being put in place, and until it is nothing is answered; where whoever did that "
            "has died, the next `kg load` or write completes it"
        )


class VersionMoved(StoreProblem):
    """Another version (`present`) than `version` was published while a question was answered, and an engine that is
    asked has no other; `retry_after` is in seconds."""

    def __init__(self, version: str, present: str) -> None:
        self.version, self.present, self.retry_after = version, present, 1
        super().__init__(f"the version {present} was published while this was answered from {version}; ask again")


class WriteConflict(StoreProblem):
    """Another version (`present`) was published while a write on `version` was computed; nothing was written, and
    `retry_after` is after how many seconds it is worth to try again."""

    def __init__(self, version: str, present: str) -> None:
        self.version, self.present, self.retry_after = version, present, 1
        super().__init__(
            f"nothing was written: the version {present} was published while this was computed on {version}; try again"
        )
