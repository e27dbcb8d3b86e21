"""Every write about people who work here, by subject."""

from linli.kernel.people.actions.duty import set_base, set_shifts, set_skills
from linli.kernel.people.actions.grids import end_posting, post_to_grid
from linli.kernel.people.actions.staff import (
    add_staff,
    close_organization,
    edit_staff,
    mark_left,
    mark_returned,
    transfer_staff,
)

__all__ = [
    "add_staff",
    "close_organization",
    "edit_staff",
    "end_posting",
    "mark_left",
    "mark_returned",
    "post_to_grid",
    "set_base",
    "set_shifts",
    "set_skills",
    "transfer_staff",
]
