"""保密承诺与回避声明: every wording that was ever signed (articles 9.2 and 9.3).

A changed word is a new version: add it, never touch an older one. Who signed keeps reading and
printing the own version; its SHA-256 stands beside the signature.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One version of the text: headings with their numbered sentences."""

    version: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """The whole text, one sentence a line: what the fingerprint is taken of."""
        lines = [f"保密承诺与回避声明 {self.version}"]
        for heading, sentences in self.parts:
            lines.append(heading)
            lines += [f"{n}. {sentence}" for n, sentence in enumerate(sentences, 1)]
        return "\n".join(lines)

    @property
    def sha256(self) -> str:
        """The fingerprint of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


WORDINGS = (
    Wording(
        version="2022-1",
        parts=(
            (
                "保密承诺",
                (
                    "只按本年度评分标准和卷宗材料评分，独立作出判断，定等次前不与同组专家交换分数和等次。",
                    "不泄露评估中知悉的当事人隐私、工作秘密和其他秘密，不拍摄、复制、带走卷宗。",
                    "非经区司法局同意，不主动联系被评估案件的承办机构和承办人，不借评估谋取任何利益。",
                    "账号只由本人使用，离开座位时退出登录。",
                ),
            ),
            (
                "回避声明",
                (
                    (
                        "本人承办或所在机构承办的案件、近亲属承办的案件、曾担任对方代理人的案件，"
                        "以及其他可能影响公正的案件，均应回避。"
                    ),
                    "已知的回避关系已向区司法局如实申报。",
                    "打开卷宗后发现应当回避的，立即停止评卷，在评分表上申请回避并交回卷宗。",
                ),
            ),
        ),
    ),
)
CURRENT = WORDINGS[-1]


def wording(version: str) -> Wording:
    """The text of a version. Raises `KeyError` for one that never was."""
    return {each.version: each for each in WORDINGS}[version]
