"""Days that the State Council's General Office published, to fill in a year's calendar with; the district decides.

Only years whose notice was at hand when this was written; every other year is typed from its notice.
"""

from typing import Final, NamedTuple


class Notice(NamedTuple):
    """A notice's number and what it says, in its own words."""

    source: str
    text: str


# Source: 国务院办公厅关于2018年部分节假日安排的通知, https://www.gov.cn/zhengce/content/2017-11/30/content_5243579.htm, and of
# 2019 for the days before New Year, https://www.gov.cn/zhengce/content/2018-12/06/content_5346276.htm;
# 国务院办公厅关于2026年部分节假日安排的通知, https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm.
PUBLISHED: Final[dict[int, Notice]] = {
    2018: Notice(
        "国办发明电〔2017〕12号；年末两日见国办发明电〔2018〕15号",
        """元旦：1月1日放假
春节：2月15日至21日放假，2月11日、2月24日上班
清明节：4月5日至7日放假，4月8日上班
劳动节：4月29日至5月1日放假，4月28日上班
端午节：6月18日放假
中秋节：9月24日放假
国庆节：10月1日至7日放假，9月29日、9月30日上班
元旦：12月30日至31日放假，12月29日上班""",
    ),
    2026: Notice(
        "国办发明电〔2025〕7号",
        """元旦：1月1日至3日放假，1月4日上班
春节：2月15日至23日放假，2月14日、2月28日上班
清明节：4月4日至6日放假
劳动节：5月1日至5日放假，5月9日上班
端午节：6月19日至21日放假
中秋节：9月25日至27日放假
国庆节：10月1日至7日放假，9月20日、10月10日上班""",
    ),
}
