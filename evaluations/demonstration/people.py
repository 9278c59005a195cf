"""Names and phones of people who do not exist: plants for surnames, the solar terms for given names."""

from collections.abc import Iterator

PLANTS = "荷菱芦枫桐樟柿藕莼茭芡菖"
TERMS = (
    *("立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑"),
    *("立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒"),
)
# What somebody did before; beside an invented name it still sounds like a neighbour.
LIVES = (
    *("退休教师，楼道里的老组长", "社区图书角管理员", "退休护士，常帮邻居量血压", "小区业委会成员"),
    *("退休工程师，爱算账", "社区合唱队队长", "在家门口修了三十年鞋", "两个孩子的母亲，家长志愿者"),
    *("退休邮递员，认得每一个门牌", "社区调解志愿者", "菜场摊主，热心肠"),
)
EXPERT_LIVES = (*("社区治理研究者", "社会工作督导", "公共空间设计师", "公益项目评估师", "非营利财务顾问"),)


def invented_names() -> Iterator[str]:
    """Names in a fixed order, no two alike: 荷立春, 菱雨水, …"""
    for shift in range(len(PLANTS)):
        for place, term in enumerate(TERMS):
            yield PLANTS[(place + shift) % len(PLANTS)] + term


def invented_phone(group: int, number: int) -> str:
    """A number that has the form of a mobile phone and belongs, as far as anybody can see, to nobody."""
    return f"+86199000{group:01d}{number:04d}"
