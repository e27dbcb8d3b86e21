from __future__ import annotations

from django.db import models


class OrganizationKind(models.TextChoices):
    SUBDISTRICT_OFFICE = "subdistrict_office", "街道办事处"
    DEPARTMENT = "department", "职能部门"
    RESIDENTS_COMMITTEE = "residents_committee", "居民委员会"
    OPERATIONS_CENTER = "operations_center", "城运中心"
    PROPERTY_COMPANY = "property_company", "物业服务企业"
    OWNERS_COMMITTEE = "owners_committee", "业主委员会"
    SOCIAL_ORGANIZATION = "social_organization", "社会组织"
    RESIDENT_ORGANIZATION = "resident_organization", "驻区单位"


class Organization(models.Model):
    """A body that can be responsible for a matter. `area` is where it works; empty means the whole district."""

    kind = models.CharField(max_length=32, choices=OrganizationKind)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=24, blank=True)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=32, blank=True)
    valid_from = models.DateField(null=True)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.short_name or self.name
