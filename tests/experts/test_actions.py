"""The pool of 专家库.xlsx, and declared relations."""

import pytest
from django.db import DatabaseError, transaction

from experts.actions import declare_recusal, import_pool
from experts.models import Expert, FormerFirm, Recusal
from tests.people import make_user
from tests.workbook_samples import POOL, xlsx
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import AuditEvent, Firm, Person, Role, User

pytestmark = pytest.mark.django_db
HEADER = ("姓名", "工作单位", "专业领域", "来源")


@pytest.fixture
def bureau() -> User:
    return make_user(Role.BUREAU)


@pytest.fixture
def pool(bureau: User) -> None:
    import_pool(POOL.read_bytes(), file_name="专家库.xlsx", by=bureau)


@pytest.mark.usefixtures("pool")
def test_the_pool_holds_26_experts_with_the_eight_of_the_plan() -> None:
    assert Expert.objects.count() == 26
    criminal, civil = ({"曾有为", "秦郁艳"}, {"夏宇", "潘祝", "程永昌", "卿成平", "韩德禄", "冉燕"})
    named = Expert.objects.filter(person__name__in=criminal | civil).select_related("person")
    assert {e.person.name for e in named if e.criminal} >= criminal
    assert {e.person.name for e in named if e.civil} >= civil
    assert all(expert.is_local for expert in named)
    leaders = {e.person.name for e in named if e.may_lead}
    assert leaders >= {"曾有为", "夏宇", "程永昌", "韩德禄"}
    drawable = Expert.objects.available()
    assert drawable.count() < 26
    assert drawable.of_category("criminal").count() >= 2
    assert drawable.of_category("civil").count() >= 6
    assert Expert.objects.exclude(criminal=True).exclude(civil=True).count() == 0


@pytest.mark.usefixtures("pool")
def test_the_same_file_again_changes_nothing(bureau: User) -> None:
    before = list(Expert.objects.values()), list(Person.objects.values())
    result = import_pool(POOL.read_bytes(), file_name="专家库.xlsx", by=bureau)
    assert (result.new, result.changed, result.same) == (0, 0, 26)
    assert (list(Expert.objects.values()), list(Person.objects.values())) == before
    details = [e.detail["new"] for e in AuditEvent.objects.filter(action="import_pool")]
    assert sorted(details) == [0, 26]


@pytest.mark.usefixtures("pool")
def test_a_former_firm_is_kept_as_a_firm() -> None:
    assert FormerFirm.objects.exists()
    for former in FormerFirm.objects.select_related("firm", "expert__person"):
        assert former.firm_id != former.expert.person.firm_id


def test_one_bad_row_keeps_the_whole_pool_out(bureau: User) -> None:
    good = ("孔望平", "重庆榆舟律师事务所", "刑事", "社会")
    bad = ("程未名", "重庆榆舟律师事务所", "园艺", "社会")
    data = xlsx([HEADER, good, bad])
    with pytest.raises(RefusedError) as told:
        import_pool(data, file_name="x.xlsx", by=bureau)
    assert told.value.status == 422
    assert told.value.sentence.startswith("专家库有1处错误，没有导入。例如第3行“专业领域”")
    assert (Expert.objects.count(), Firm.objects.count(), Person.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.BUREAU])
def test_only_the_bureau_keeps_the_pool(role: Role) -> None:
    with pytest.raises(RefusedError) as told:
        import_pool(POOL.read_bytes(), file_name="x.xlsx", by=make_user(role))
    assert told.value.status == 403
    assert not Expert.objects.exists()


@pytest.mark.usefixtures("pool")
def test_a_relation_reaches_exactly_one_thing(bureau: User) -> None:
    expert, firm = Expert.objects.all()[0], Firm.objects.all()[0]
    person = Person.objects.exclude(pk=expert.person_id)[0]
    told = {"year": 2022, "reason": "declared", "explanation": "亲属在该所", "by": bureau}
    for wrong in ({}, {"firm": firm, "person": person}):
        with pytest.raises(RefusedError, match="只填一项"):
            declare_recusal(expert, **told, **wrong)  # type: ignore[arg-type]
    recusal = declare_recusal(expert, **told, firm=firm)  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="已经登记过"):
        declare_recusal(expert, **told, firm=firm)  # type: ignore[arg-type]
    assert list(Recusal.objects.all()) == [recusal]
    event = AuditEvent.objects.get(action="declare_recusal")
    assert (event.target, event.detail) == (expert.person.code, {"reason": "declared"})


@pytest.mark.usefixtures("pool")
def test_an_expert_declares_for_himself_only() -> None:
    first, second = Expert.objects.select_related("person")[:2]
    user = make_user(Role.EXPERT, person=first.person)
    firm = Firm.objects.all()[0]
    declare_recusal(first, year=2022, reason="kin", explanation="x", firm=firm, by=user)
    with pytest.raises(RefusedError, match="只能申报本人的回避关系"):
        declare_recusal(second, year=2022, reason="kin", explanation="x", firm=firm, by=user)
    assert Recusal.objects.count() == 1


@pytest.mark.usefixtures("pool")
def test_a_declaration_stays_on_record(bureau: User) -> None:
    expert, firm = Expert.objects.all()[0], Firm.objects.all()[0]
    declare_recusal(expert, year=2022, reason="kin", explanation="x", firm=firm, by=bureau)
    for act in (Recusal.objects.all().delete, lambda: Recusal.objects.update(year=2021)):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert Recusal.objects.get().year == 2022
