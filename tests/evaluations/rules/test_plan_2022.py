"""The fixture of the plan says what 万州司发〔2022〕11号 says, and the rules agree with it."""

import json
from datetime import date
from pathlib import Path

from evaluations.rules.terms import Window, sampling_window

FIXTURE = Path(__file__).parents[3] / "fixtures" / "plan-2022.json"
PLAN = json.loads(FIXTURE.read_text(encoding="utf-8"))


def test_the_numbers_of_the_document() -> None:
    plan = PLAN["plan"]
    assert (plan["year"], plan["document"], plan["issued_on"]) == (
        2022,
        "万州司发〔2022〕11号",
        "2022-08-14",
    )
    assert (plan["ratio_percent"], plan["size_min"], plan["size_max"]) == (10, 20, 200)
    assert (PLAN["population"], plan["decided_size"]) == (761, 76)
    assert plan["decided_reason"]
    assert plan["decided_clause"] == "方案第四条"
    assert (plan["marking_from"], plan["marking_to"]) == ("2022-08-22", "2022-08-26")
    assert (plan["place"], plan["fee"]) == ("区公共法律服务中心", "50")
    terms = ("publish_workdays", "appeal_workdays", "answer_workdays", "report_days")
    assert [plan[name] for name in terms] == [5, 5, 10, 15]
    assert (plan["exception_body"], plan["criminal_panels"], plan["civil_panels"]) == (
        "市司法局公共法律服务管理处",
        1,
        3,
    )


def test_the_window_is_a_named_exception_from_the_rule() -> None:
    rule = sampling_window(date.fromisoformat(PLAN["plan"]["marking_from"]))
    told = {name: date.fromisoformat(day) for name, day in PLAN["rule_window"].items()}
    assert rule == Window(first=told["from"], last=told["to"])
    assert PLAN["window"] == {"from": "2022-01-01", "to": "2022-07-31"}
    assert "2021年8月至12月" in PLAN["plan"]["exception_reason"]


def test_the_eight_experts_and_their_leaders() -> None:
    panels = [
        (panel["category"], panel["ordinal"], panel["leader"], panel["member"])
        for panel in PLAN["panels"]
    ]
    assert panels == [
        ("criminal", 1, "曾有为", "秦郁艳"),
        ("civil", 1, "夏宇", "潘祝"),
        ("civil", 2, "程永昌", "卿成平"),
        ("civil", 3, "韩德禄", "冉燕"),
    ]


def test_invented_contacts_are_marked_as_rehearsal() -> None:
    assert PLAN["rehearsal_fields"] == ["appeal_address", "appeal_phone"]
    assert all(PLAN["plan"][name].startswith("演练") for name in PLAN["rehearsal_fields"])
