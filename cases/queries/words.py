"""What the pages of the synonyms show."""

from django.db.models import QuerySet

from cases.models import Synonym
from wanzhou_eval.models import Firm, FirmAlias


def synonyms() -> QuerySet[Synonym]:
    """The words for types, stages and columns."""
    return Synonym.objects.all()


def firm_aliases() -> QuerySet[FirmAlias]:
    """The other names of firms with the firms that they mean."""
    return FirmAlias.objects.select_related("firm").order_by("firm__name", "key")


def firm_names() -> list[str]:
    """The names of all registered firms."""
    return list(Firm.objects.order_by("name").values_list("name", flat=True))
