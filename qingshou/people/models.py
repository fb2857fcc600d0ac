"""Village grids 村组网格."""

from django.db import models

from qingshou.access.models import Unit


class Grid(models.Model):
    """A natural village 自然村 as a unit of field work, with its place in micro-degrees."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    longitude_e6 = models.BigIntegerField()
    latitude_e6 = models.BigIntegerField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
