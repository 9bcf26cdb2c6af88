"""同义词: kept and removed by people. Read at import only: no case that is there changes."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from cases.actions.frames import lock_frame, refuse_unless_importer
from cases.actions.jobs import start_check
from cases.actions.mapping import recheck
from cases.imports import FIELDS
from cases.models import ImportBatch, Synonym
from cases.rules import STAGE_LABELS, Kind, Stage, kind_of, kind_word, stage_of, stage_word
from wanzhou_eval.actions import lock_registers
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, FirmAlias, User
from wanzhou_eval.texts import label, organisation_key

FIRM = "firm"
"""The fourth subject: its words are `FirmAlias` rows, which the registers use as well."""
LONGEST_WORD = 40
LABELS: Mapping[str, str] = {field.key: field.label for field in FIELDS}


@transaction.atomic
def keep_synonym(*, subject: str, word: str, meaning: str, by: User | None) -> str:
    """Enter another word for a type, a stage, a column or a firm; returns it as it is kept.

    `meaning`: the label of a type or stage, the key of a column, the name of a firm. Raises
    `RefusedError` (422) for a word that is blank, too long, known already or of no meaning.
    """
    refuse_unless_importer(by)
    lock_registers()
    kept = _kept_form(subject, word)
    if not kept:
        raise RefusedError("请填写要登记的写法，没有登记。", status=422)
    if len(kept) > LONGEST_WORD * (2 if subject == FIRM else 1):
        raise RefusedError(f"“{kept[:20]}…”太长，不像一个词。请只登记栏里的那个词。", status=422)
    if subject == FIRM:
        _keep_alias(kept, meaning)
    else:
        _keep_word(subject, kept, meaning, by)
    told = f"{kept} → {LABELS.get(meaning, meaning) if subject == 'header' else meaning}"
    record_event("keep_synonym", by=by, target=told, detail={"subject": subject})
    return kept


def _kept_form(subject: str, word: str) -> str:
    forms = {
        Synonym.Subject.KIND: kind_word,
        Synonym.Subject.STAGE: stage_word,
        Synonym.Subject.HEADER: label,
        FIRM: organisation_key,
    }
    if subject not in forms:
        raise RefusedError("请选这个词用于类型、阶段、表头还是机构，没有登记。", status=422)
    return forms[subject](word)


def _keep_word(subject: str, word: str, meaning: str, by: User | None) -> None:
    allowed = {
        Synonym.Subject.KIND: {kind.label for kind in Kind},
        Synonym.Subject.STAGE: set(STAGE_LABELS.values()),
        Synonym.Subject.HEADER: set(LABELS),
    }
    if meaning not in allowed[Synonym.Subject(subject)]:
        raise RefusedError(f"请选“{word}”是哪一个的另一种写法，没有登记。", status=422)
    own = _own_meaning(subject, word)
    if own:
        raise RefusedError(f"“{word}”系统本来就认作“{own}”，不用登记。", status=422)
    known = Synonym.objects.filter(subject=subject, word=word).first()
    if known is not None:
        shown = LABELS.get(known.meaning, known.meaning)
        raise RefusedError(
            f"“{word}”已登记为“{shown}”。要改，请先在同义词表里删去那一条。", status=422
        )
    Synonym.objects.create(
        subject=subject, word=word, meaning=meaning, kept_by=by.name if by else ""
    )


def _own_meaning(subject: str, word: str) -> str:
    """What the product takes the word for without any table; "" when it does not know it."""
    if subject == Synonym.Subject.KIND:
        kind = kind_of(word)
        return kind.label if kind else ""
    if subject == Synonym.Subject.STAGE:
        stage, name = stage_of(word)
        return "" if stage is Stage.OTHER else name
    return next((field.label for field in FIELDS if word in field.words), "")


def _keep_alias(key: str, name: str) -> None:
    firm = Firm.objects.filter(name=name).first()
    if firm is None:
        raise RefusedError("请从机构名册里选它就是哪个机构，没有登记。", status=422)
    same = Firm.objects.filter(key=key).first()
    if same is not None:
        raise RefusedError(f"“{same.name}”在机构名册里，是一个机构，不能再作别名。", status=422)
    alias = FirmAlias.objects.filter(key=key).select_related("firm").first()
    if alias is not None:
        raise RefusedError(
            f"“{key}”已登记为“{alias.firm.name}”。要改，请先在同义词表里删去那一条。", status=422
        )
    FirmAlias.objects.create(key=key, firm=firm)


@transaction.atomic
def remove_synonym(*, subject: str, pk: int, by: User | None) -> str:
    """Take a word out of the table; returns it. Cases imported by it stay as they are."""
    refuse_unless_importer(by)
    lock_registers()
    row: Synonym | FirmAlias | None
    if subject == FIRM:
        row = FirmAlias.objects.select_related("firm").filter(pk=pk).first()
    else:
        row = Synonym.objects.filter(subject=subject, pk=pk).first()
    if row is None:
        raise RefusedError("没有找到这个同义词，可能已经删去。请刷新同义词表。", status=404)
    told = str(row)
    row.delete()
    record_event("remove_synonym", by=by, target=told, detail={"subject": subject})
    return told


@transaction.atomic
def keep_found_word(
    batch: ImportBatch, *, subject: str, word: str, meaning: str, rows: int = 0, by: User | None
) -> None:
    """Enter a word that an upload brought up, and check the upload again with it.

    A large file, of about `rows` rows, is read in the background.
    """
    lock_frame(batch.frame)
    keep_synonym(subject=subject, word=word, meaning=meaning, by=by)
    if rows:
        start_check(batch, rows=rows, by=by)
    else:
        recheck(batch, by=by)


@transaction.atomic
def add_first_words(entries: Iterable[tuple[str, str, str]]) -> int:
    """Enter the words that come with the product, once; returns their number.

    What people removed afterwards does not come back.
    """
    if AuditEvent.objects.filter(action="add_first_words").exists():
        return 0
    rows = [
        Synonym(subject=subject, word=word, meaning=meaning) for subject, word, meaning in entries
    ]
    Synonym.objects.bulk_create(rows, ignore_conflicts=True)
    record_event("add_first_words", by=None, target="同义词表", detail={"words": len(rows)})
    return len(rows)
