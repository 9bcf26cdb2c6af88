"""The stages of a year and the lawful moves between them: the only state a plan stores."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a yearly plan stands, in the order of the procedure."""

    DRAFT = "draft"
    ISSUED = "issued"
    SEALED = "sealed"
    DRAWN = "drawn"
    EMPANELLED = "empanelled"
    MATCHED = "matched"
    MARKING = "marking"
    MARKED = "marked"
    PUBLISHED = "published"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The stage as people read it."""
        return LABELS[self]


LABELS = {
    Stage.DRAFT: "拟定",
    Stage.ISSUED: "已印发",
    Stage.SEALED: "名单封存",
    Stage.DRAWN: "已抽案",
    Stage.EMPANELLED: "已组组",
    Stage.MATCHED: "已匹配",
    Stage.MARKING: "评分中",
    Stage.MARKED: "评估结束",
    Stage.PUBLISHED: "已公布",
    Stage.CLOSED: "已归档",
}

VOIDS = {
    Stage.SEALED: Stage.ISSUED,
    Stage.DRAWN: Stage.SEALED,
    Stage.EMPANELLED: Stage.DRAWN,
    Stage.MATCHED: Stage.EMPANELLED,
}
"""The only ways back: 作废 of the draw that led to the stage, by two people with a reason."""

MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.ISSUED}),
    Stage.ISSUED: frozenset({Stage.SEALED}),
    Stage.SEALED: frozenset({Stage.DRAWN, VOIDS[Stage.SEALED]}),
    Stage.DRAWN: frozenset({Stage.EMPANELLED, VOIDS[Stage.DRAWN]}),
    Stage.EMPANELLED: frozenset({Stage.MATCHED, VOIDS[Stage.EMPANELLED]}),
    Stage.MATCHED: frozenset({Stage.MARKING, VOIDS[Stage.MATCHED]}),
    Stage.MARKING: frozenset({Stage.MARKED}),
    Stage.MARKED: frozenset({Stage.PUBLISHED}),
    Stage.PUBLISHED: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
"""Every lawful move; whatever is not here is refused. A trigger of the database repeats it."""


def may_move(before: Stage, after: Stage) -> bool:
    """Whether a plan may go from one stage directly to the other."""
    return after in MOVES[before]


def is_void(before: Stage, after: Stage) -> bool:
    """Whether the move is a way back by 作废."""
    return VOIDS.get(before) is after


def has_reached(stage: Stage, wanted: Stage) -> bool:
    """Whether a plan now in `stage` stands at `wanted` or beyond it."""
    order = list(Stage)
    return order.index(stage) >= order.index(wanted)


def mermaid() -> str:
    """The moves as a Mermaid state diagram, as the README shows it."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{stage.label}" as {stage}' for stage in Stage]
    lines.append(f"    [*] --> {Stage.DRAFT}")
    for before in Stage:
        for after in Stage:
            if may_move(before, after):
                note = " : 作废" if is_void(before, after) else ""
                lines.append(f"    {before} --> {after}{note}")
    lines.append(f"    {Stage.CLOSED} --> [*]")
    return "\n".join(lines) + "\n"
