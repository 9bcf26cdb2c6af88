"""Small frames, pools, matchings and certificates for the tests of the draws."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import Certificate, build_certificate, run_draw
from evaluations.rules.freeze import Freeze
from evaluations.rules.freeze_experts import (
    SPECIALTIES,
    Category,
    ExpertsFreeze,
    PoolMember,
    Slot,
    build_experts,
)
from evaluations.rules.freeze_match import (
    AlternateRow,
    Conflict,
    ExpertOrg,
    GroupRow,
    MatchCase,
    MatchFreeze,
    build_match,
)
from evaluations.rules.freeze_sample import FrameCase, SampleFreeze, SampleTerms, build_sample
from evaluations.rules.seeds import SeedSource
from evaluations.rules.sizes import LITERAL_RULE, size_by_rule

SEED = "31415926535897932384"
FROZEN_AT = datetime(2022, 8, 15, 1, tzinfo=UTC)


def frame_cases(count: int, *, excluded: int = 0) -> list[FrameCase]:
    """`count` cases of the three types, seven months and five firms."""
    kinds = ("criminal", "civil", "civil", "civil", "admin")
    marks = {"criminal": "刑", "civil": "民", "admin": "行"}
    return [
        FrameCase(
            f"渝万援{marks[kinds[i % 5]]}〔2022〕{i + 1}号",
            kinds[i % 5],
            f"2022-0{i % 7 + 1}",
            f"L{i * 7 % 5:02d}",
            "ex:city2022" if i < excluded else "in",
        )
        for i in range(count)
    ]


def frame(
    count: int, *, excluded: int = 0, draw: str = "T-S1", prev: str = "-", **terms: Any
) -> SampleFreeze:
    """A frozen frame; `n` follows the rule unless given with a reason."""
    by_rule = size_by_rule(count, eligible=count - excluded, rule=LITERAL_RULE)
    return build_sample(
        Head(draw, prev=prev),
        terms=SampleTerms(**{"n": by_rule} | terms),
        cases=frame_cases(count, excluded=excluded),
    )


def pool(*, criminal: int, civil: int, leaders: int | None = None) -> list[PoolMember]:
    """Experts of different firms; the first `leaders` of each specialty may lead."""
    return [
        PoolMember(f"{mark}{i:02d}", f"F{mark}{i:02d}", special, leaders is None or i < leaders)
        for mark, special, count in (("C", "criminal", criminal), ("M", "civil", civil))
        for i in range(count)
    ]


def experts(members: list[PoolMember], *, slots: str = "criminal:2,civil:6") -> ExpertsFreeze:
    """A frozen pool."""
    parts = [slot.split(":") for slot in slots.split(",")]
    return build_experts(
        Head("T-E1"), slots=[Slot(Category(name), int(q)) for name, q in parts], pool=members
    )


def random_experts(random: Random) -> ExpertsFreeze:
    """A pool with few firms, half leaders and people of both specialties."""
    members = [
        PoolMember(
            f"E{i:03d}",
            f"F{random.randrange(5)}",
            random.choice(SPECIALTIES),
            random.random() < 0.5,
            random.choice(("in", "in", "in", "ex:recused")),
        )
        for i in range(random.randint(14, 30))
    ]
    return experts(members, slots=f"criminal:2,civil:{random.choice((2, 4, 6))}")


def random_match(random: Random) -> MatchFreeze:
    """A matching with few firms, so that limits, extras and stand-ins all occur."""
    firms, counts = random.randint(3, 8), {"criminal": 1, "civil": random.randint(1, 4)}
    seats = 2 * sum(counts.values())
    people = [ExpertOrg(f"E{i:03d}", f"F{random.randrange(firms)}") for i in range(seats + 4)]
    names = [row.person for row in people]
    codes = [(c, f"{c}-{i + 1}") for c, count in counts.items() for i in range(count)]
    cases = [
        MatchCase(
            f"渝万援〔2022〕{i + 1}号",
            random.choice(("civil", "civil", "admin", "criminal")),
            f"F{random.randrange(firms + random.choice((0, 6)))}",
            random.choice(("-", "H1", random.choice(names))),
            "S" if i < 9 else "R",
        )
        for i in range(14)
    ]
    return build_match(
        Head("T-M1"),
        cases=cases,
        people=people,
        groups=[GroupRow(g, c, *names[2 * i : 2 * i + 2]) for i, (c, g) in enumerate(codes)],
        alternates=[
            AlternateRow(c, f"{i + 1:03d}", p) for c in counts for i, p in enumerate(names[seats:])
        ],
        conflicts=[
            Conflict(random.choice(names), "case", random.choice(cases).case_no, "declared")
            for _ in range(5)
        ],
    )


def certificate(
    frozen: Freeze, *, seed: str = SEED, after: int = 0, events: list[dict[str, str]] | None = None
) -> Certificate:
    """A certificate of a draw held `after` hours later than the first."""
    begin = FROZEN_AT + timedelta(hours=after)
    return build_certificate(
        run_draw(frozen, seed=seed),
        source=SeedSource.D10,
        frozen_at=begin,
        seed_entered_at=begin + timedelta(minutes=30),
        events=events or [],
    )


def event(after: float = 1, **named: str) -> dict[str, str]:
    """A replacement `after` hours later than the first list was sealed."""
    at = FROZEN_AT + timedelta(hours=after)
    return named | {"reason": "卷宗缺失", "at": at.isoformat()}
