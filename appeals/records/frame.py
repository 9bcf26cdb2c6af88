"""The list and the draws: complete, sealed, re-computable, one at a time."""

from appeals.records.checks import Check, by_sql
from cases.queries import cleaning_sha256
from evaluations.models import Draw, DrawnCase, Plan
from evaluations.queries.draws_lists import sample_rows
from evaluations.queries.draws_proof import changed_list, prove
from evaluations.queries.draws_text import sections_of


def sealed_lists(plans: list[Plan]) -> tuple[int, list[str]]:
    """The cases stored now are those of the sealed list, row by row."""
    broken: list[str] = []
    examined = 0
    draws = Draw.objects.live().filter(plan__in=plans, kind="sample")
    for draw in draws.select_related("plan__frame"):
        listed = {row[0]: " ".join(row[1:]) for row in sections_of(draw.freeze_text)["cases"]}
        stored = {row[0]: " ".join(row[1:]) for row in sample_rows(draw.plan.frame)}
        examined += len(listed)
        for number in sorted(listed.keys() | stored.keys()):
            was, now = listed.get(number, "没有"), stored.get(number, "没有")
            if was != now:
                broken.append(f"{draw.code} {number}：封存时为{was}，现为{now}")
    return examined, broken


def sealed_texts(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every sealed list still has its fingerprint; one that has not is told by its row."""
    draws = Draw.objects.filter(plan__in=plans)
    verdicts = [(draw.code, changed_list(draw)) for draw in draws]
    return len(verdicts), [f"{code} {sentence}" for code, sentence in verdicts if sentence]


def sealed_cleaning(plans: list[Plan]) -> tuple[int, list[str]]:
    """The cleaning ledger stored now has the fingerprint that stands on sheet A."""
    draws = Draw.objects.live().filter(plan__in=plans, kind="sample").select_related("plan__frame")
    broken = [d.code for d in draws if cleaning_sha256(d.plan.frame) != d.cleaning_hash]
    return len(draws), broken


def recomputed(plans: list[Plan]) -> tuple[int, list[str]]:
    """Every held draw gives the stored result again from list and seed."""
    draws = Draw.objects.filter(plan__in=plans).exclude(result_hash="").select_related("plan")
    proofs = [(draw.code, prove(draw)) for draw in draws.prefetch_related("events")]
    return len(proofs), [f"{code} {proof.sentence}" for code, proof in proofs if not proof.ok]


def stored_sample(plans: list[Plan]) -> tuple[int, list[str]]:
    """The drawn cases stored are those of the result, in its order."""
    broken: list[str] = []
    examined = 0
    for draw in Draw.objects.filter(plan__in=plans, kind="sample").exclude(result_hash=""):
        result = [(int(row[0]), row[1]) for row in sections_of(draw.result_text)["sample"]]
        rows = DrawnCase.objects.filter(draw=draw, replaces=None)
        stored = list(rows.order_by("rank").values_list("rank", "case__number"))
        examined += len(result)
        broken += [f"{draw.code} {number}" for _, number in set(result) ^ set(stored)]
    return examined, broken


CHECKS = (
    Check(
        "I-01",
        "印发后的年度，申报件数等于可抽、剔除、不导入之和，剔除和不导入各有原因",
        by_sql("""
            SELECT f.year, p.stage = 'draft' OR (
                     f.declared_total = (SELECT count(*) FROM cases_case c WHERE c.frame_id = f.id)
                       + (SELECT count(*) FROM cases_rejectedrow r
                            JOIN cases_importbatch b ON b.id = r.batch_id
                           WHERE r.frame_id = f.id AND r.withdrawn_at IS NULL
                             AND b.confirmed_at IS NOT NULL)
                     AND NOT EXISTS (SELECT 1 FROM cases_rejectedrow r
                                      WHERE r.frame_id = f.id AND (r.reason = '' OR r.code = ''))
                     AND NOT EXISTS (SELECT 1 FROM cases_exclusion e
                                      WHERE e.frame_id = f.id AND (e.reason = '' OR e.code = '')))
              FROM cases_frame f JOIN evaluations_plan p ON p.frame_id = f.id
             WHERE f.id = ANY(%(frames)s)
        """),
    ),
    Check("I-01b", "清洗台账与封存时的指纹相同", sealed_cleaning),
    Check("I-02", "封存名单与现存案件逐行相同", sealed_lists),
    Check("I-02c", "案件、专家、匹配的封存名单与封存时的指纹相同", sealed_texts),
    Check(
        "I-02b",
        "案件的来源文件和机构、承办人的案件和人员登记都在",
        by_sql("""
            SELECT f.year,
                   NOT EXISTS (SELECT FROM cases_case c
                     LEFT JOIN cases_importbatch b ON b.id = c.batch_id AND b.frame_id = f.id
                     LEFT JOIN wanzhou_eval_firm o ON o.id = c.firm_id
                    WHERE c.frame_id = f.id AND (b.id IS NULL OR o.id IS NULL))
                   AND NOT EXISTS (SELECT FROM cases_casehandler h
                     LEFT JOIN cases_case c ON c.id = h.case_id
                     LEFT JOIN wanzhou_eval_person p ON p.id = h.person_id
                    WHERE c.id IS NULL OR c.frame_id = f.id AND p.id IS NULL)
              FROM cases_frame f WHERE f.id = ANY(%(frames)s)
        """),
    ),
    Check(
        "I-03",
        "抽选的时间先后为封存、录入种子、算定",
        by_sql("""
            SELECT code, seed = '' OR (frozen_at < seed_entered_at AND seed_entered_at <= drawn_at)
              FROM evaluations_draw WHERE plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-04",
        "每类抽选至多一次有效，次数连续",
        by_sql("""
            SELECT plan_id || ' ' || kind || ' ' || target,
                   count(*) FILTER (WHERE voided_at IS NULL) <= 1 AND max(attempt) = count(*)
              FROM evaluations_draw WHERE plan_id = ANY(%(plans)s)
             GROUP BY plan_id, kind, target
        """),
    ),
    Check("I-05", "用存档的名单和种子复算，结果逐字相同", recomputed),
    Check("I-05b", "抽中案件与抽选结果逐件相同", stored_sample),
    Check(
        "I-06",
        "作废有理由，并由两人确认",
        by_sql("""
            SELECT code, voided_at IS NULL
                   OR (void_reason <> '' AND voided_by_id <> void_confirmed_by_id)
              FROM evaluations_draw WHERE plan_id = ANY(%(plans)s)
        """),
    ),
    Check(
        "I-07",
        "抽中案件属于本年度名单，未被剔除",
        by_sql("""
            SELECT c.number, c.frame_id = p.frame_id AND NOT EXISTS (
                     SELECT 1 FROM cases_exclusion e WHERE e.case_id = c.id)
              FROM evaluations_drawncase d
              JOIN evaluations_draw w ON w.id = d.draw_id
              JOIN evaluations_plan p ON p.id = w.plan_id
              JOIN cases_case c ON c.id = d.case_id
             WHERE p.id = ANY(%(plans)s)
        """),
    ),
)
