"""Invented social organizations: agencies of the district, centres, groups of residents, studios.

Each story has a group of residents that could carry it, and each field its agencies. Names, codes and phones belong to
nobody.
"""

from dataclasses import dataclass

from organizations.creditcode import check_character


@dataclass(frozen=True, slots=True)
class Agency:
    """A registered organization. `handle` is the sign-in name of its person; `head` the handle of its head office."""

    handle: str
    name: str
    kind: str
    field: str
    profile: str
    rating: int | None = None
    year: int | None = None
    level: str = ""


DISTRICT_CENTRE = Agency(
    "shidian",
    "上城区柿点社会组织服务中心",
    "service",
    "",
    "区级支持型社会组织（虚构）：培训、督导、场地与项目优化辅导，服务全区社会组织。",
    5,
    2017,
    "district",
)
AGENCIES = [
    Agency("mandeng", "上城区慢灯为老服务社", "service", "elderly", "陪老人慢慢走完每一级台阶：助餐、助浴、平安探访。", 4, 2016),
    Agency("ouxiang", "上城区藕香助老服务中心", "service", "elderly", "认知障碍家庭支持与照护者培训。", 3, 2017),
    Agency("xiaobandeng", "上城区小板凳儿童成长中心", "service", "children", "放学后的两小时，有人等、有书看、有人听。", 3, 2015),
    Agency("zhichuan", "上城区纸船青少年服务社", "service", "children", "青少年议事、暑期营和朋辈互助。", None, None),
    Agency("lindeng", "上城区邻灯居民互助总社", "association", "mutual_help", "居民互助的总社，各街道设分社，楼道里有小组。", 4, 2017),
    Agency("banzhancha", "上城区半盏茶家庭支持中心", "service", "mutual_help", "替班、茶会和一张写给照护者的便条。", 2, 2016),
    Agency("shijie", "上城区拾阶社区营造中心", "service", "public_space", "老楼道、边角地的微更新，居民自己当监工。", 4, 2018),
    Agency("qiangjiao", "上城区墙角空间工作社", "service", "public_space", "把三不管的墙角变成坐得下来的地方。", None, None),
    Agency("yuanzhuo", "上城区圆桌议事促进会", "association", "deliberation", "培训议事员，带着纸模型、粉笔和沙漏去开会。", 5, 2018),
    Agency("tingjian", "上城区听见社区调解中心", "service", "deliberation", "先听，再说，最后写下来。", 3, 2016),
    Agency("yishaotu", "上城区一勺土环保促进会", "association", "environment", "从厨余到花盆，看得见的循环。", 3, 2017),
    Agency("yujiao", "上城区雨脚环境服务社", "service", "environment", "撑着伞画积水点地图的一群人。", None, None),
    Agency("jiumenpai", "上城区旧门牌文化促进会", "association", "culture", "听老人讲巷子，把故事做成门牌。", 2, 2015),
    Agency("tianjing", "上城区天井文化服务中心", "service", "culture", "天井里的戏、针线和年夜饭。", 3, 2018),
    Agency("shiguang", "上城区柿光社区公益基金会", "foundation", "", "资助小而认真的社区项目（虚构）。", 4, 2018),
]  # fmt: skip

# Story -> the group of residents that carries it (name, what it says of itself).
GROUPS = {
    "elevator": ("好商量议事队", "为楼道里的难事搬凳子的人。"),
    "dogs": ("蓝领巾狗友会", "养狗人自己管好自己的狗。"),
    "dance": ("轻音舞队", "跳得开心，邻居睡得安心。"),
    "fee": ("饼干盒管家组", "一块钱的账也一笔一笔记。"),
    "noise": ("楼板上下和气组", "先听一听对方家的声音。"),
    "meals": ("饭搭子送餐队", "饭点敲门，顺便看一眼。"),
    "bells": ("红绿牌互看队", "早上抬头看一眼对面的窗台。"),
    "phones": ("慢课堂手机队", "不着急，一次只学一件事。"),
    "handrail": ("一级台阶助老队", "多一级扶手，少一次跌倒。"),
    "memory": ("慢慢想家属会", "照护者互相接一把手。"),
    "haircut": ("十五号手艺车队", "理发、磨刀、修伞，手艺不闲着。"),
    "lamps": ("夜归灯长会", "一户认一盏灯。"),
    "corridor": ("楼道整理队", "舍不得的东西，先听听它的来历。"),
    "bikes": ("车棚轮值组", "充电的账贴在棚门口。"),
    "parking": ("错时车位组", "一个车位两家用。"),
    "corner": ("十二张椅子会", "一家送一把椅子。"),
    "laundry": ("一米阳光晾晒组", "下雨喊一嗓子，帮邻居收被子。"),
    "after-school": ("四点半家长会", "家长轮值，孩子有人等。"),
    "council": ("小小议事员团", "十二岁以下请举手。"),
    "holiday": ("街坊营员团", "在自己的街坊里走一个暑假。"),
    "toys": ("玩具修理铺志愿队", "坏了就一起修。"),
    "teens": ("安静值班少年队", "球照打，觉照睡。"),
    "recycling": ("一袋厨余小组", "分好了，看得见去了哪里。"),
    "garden": ("屋顶菜农会", "收一半，送一半。"),
    "rain": ("纸船看水队", "雨天撑着伞出门的人。"),
    "balcony": ("抬头花事会", "好看，也要安全。"),
    "cats": ("七号猫照看组", "猫少一点，院子静一点。"),
    "tools": ("工具银行管理组", "借工具，也教工具。"),
    "timebank": ("时间存折会计组", "一小时就是一小时。"),
    "medicine": ("药箱整理志愿队", "只整理，不改方。"),
    "newcomers": ("第一顿饭邻里组", "给新邻居画一张地图。"),
    "carers": ("替你半天互助组", "照顾的人也要被照顾。"),
    "oral-history": ("听老人讲巷子小组", "听完再问。"),
    "opera": ("天井戏友会", "清唱，不扰邻。"),
    "handicraft": ("针线盒学堂", "补一补更好看。"),
    "festival": ("百家菜掌勺会", "一户一道菜。"),
}
# Hotshot studios: a resident's craft that serves the community.
STUDIOS = (
    ("枫师傅修缮", "排线、装灯、修水管，先教后修。"),
    ("荷姐花木", "分株、换盆、治虫。"),
    ("樟伯木作", "旧门板做成小板凳。"),
    ("菱阿姨裁缝", "缝补也是一门学问。"),
    ("桐师傅钟表", "会修表，也会讲时间的故事。"),
    ("藕爷爷书法", "春联与门牌都写得端正。"),
    ("芦师傅单车", "车铃响，人就到。"),
    ("芡姐调解", "劝架先泡茶。"),
)

AUTHORITY = {"association": "51", "service": "52", "foundation": "53"}


def invented_credit_code(kind: str, number: int) -> str:
    """A credit code with a right check character and, in the middle, a run of zeros that no register gives out."""
    first = f"{AUTHORITY[kind]}330102MJ00000{number:02d}"
    return first + check_character(first)
