"""What migrations of words share."""

from django.db.migrations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class OnlyWords(SeparateDatabaseAndState):
    """Changes of names and help texts: no table changes, so no model is built anew after each of hundreds."""

    def __init__(self, state_operations: list[Operation]) -> None:
        super().__init__(state_operations=state_operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        forget_models(state)
        super().state_forwards(app_label, state)


def forget_models(state: ProjectState) -> None:
    """Let the models be built when the next operation needs them."""
    if "apps" in state.__dict__:
        del state.apps
