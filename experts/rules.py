"""What a line of a recusal declaration must say; pure."""

KIN, OPPOSING, FORMER_FIRM = "kin", "opposing", "former-firm"


def unclear_relation(reason: str, *, explained: bool, of_firm: bool, dated: bool) -> str:
    """Why nobody could check such a relation later, in Chinese; empty when it is clear.

    `of_firm`: it reaches a firm; `dated`: the day of leaving is given.
    """
    if reason in (KIN, OPPOSING) and not explained:
        return "近亲属、对方代理人关系请在说明里写明是谁、什么关系。"
    if reason == FORMER_FIRM and not of_firm:
        return "“曾在该机构执业”的回避对象应是机构，请填机构全称。"
    if dated and reason != FORMER_FIRM:
        return "只有“曾在该机构执业”才填离开日期，请清空离开日期或改选关系。"
    return ""
