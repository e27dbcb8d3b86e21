"""What can go wrong with organisations.

LinliError
└── OrganisationsError
    ├── OrganizationInvalid    a field cannot be stored; `field` names it
    ├── CodeTaken              another organisation has this code, perhaps one that was retired
    └── OrganizationRetired    it no longer exists; only its history does
NotFound                       no such organisation, or outside the actor's scope
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class OrganisationsError(LinliError):
    status = 422
    code = "organisations"


class OrganizationInvalid(OrganisationsError):
    """A field cannot be stored."""


class CodeTaken(OrganisationsError):
    """Codes are never issued twice."""

    status = 409


class OrganizationRetired(OrganisationsError):
    """The organisation was retired."""

    status = 409
