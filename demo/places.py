"""The fictional cooperative: its divisions as E7 tells them, villages with coordinates, products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

BANK_NAME = "青石农村信用合作联社"
BUSINESS_DATE = date(2026, 11, 24)  # the open business day of every demo bank, so that it is the same everywhere
CENTRE_E6 = (105_200_000, 31_100_000)  # longitude, latitude of the county town in micro-degrees


@dataclass(frozen=True)
class Division:
    """A division: how many collectors, where its villages lie, and how its borrowers differ from the county's average.

    ``trouble`` multiplies the chance of a shock, ``away`` is the share of borrowers who left for work.
    """

    code: str
    name: str
    collectors: int
    share: float  # of households
    distance_km: tuple[int, int]
    trouble: float
    away: float
    villages: tuple[str, ...]
    branch: str


DIVISIONS = (
    Division("D1", "一部", 14, 0.26, (0, 4), 1.0, 0.06,
             ("城关", "东门街", "南关社区", "北河沿", "西市场", "工业园", "文昌街", "新桥社区"), "城关支行"),
    Division("LAW", "法律部", 6, 0.06, (0, 30), 1.6, 0.15, ("城关", "青石村", "云台村", "柳沟村"), "城关支行"),
    Division("D2", "二部", 8, 0.16, (5, 14), 0.6, 0.10,
             ("青石村", "柳沟村", "河湾村", "枣林村", "上坝村", "下坝村"), "东河支行"),
    Division("D3", "三部", 13, 0.31, (8, 24), 1.0, 0.16,
             ("石坪村", "大垭村", "双河村", "白马村", "杨家沟", "板桥村", "龙泉村", "松林村", "黄土坎", "马鞍村"), "柳沟支行"),
    Division("D4", "四部", 9, 0.21, (28, 62), 1.9, 0.30,
             ("云台村", "雾山村", "冷水沟", "老鹰岩", "高坎村", "木门村", "风垭村", "天池村"), "云台支行"),
)


@dataclass(frozen=True)
class Product:
    """Terms that a kind of borrower is given. Amounts in yuan, rates in ppm a year, months."""

    name: str
    customers: tuple[str, ...]
    method: str
    months: tuple[int, ...]
    yuan: tuple[int, int]
    rate_ppm: tuple[int, int]
    guarantee: tuple[str, ...]
    compound: str
    purpose: tuple[str, ...]
    weight: int = 1


PRODUCTS = (
    Product("农户小额贷款", ("farmer",), "bullet", (12, 24), (10_000, 60_000), (66_000, 84_000),
            ("credit", "guarantee", "guarantee"), "quarterly", ("种苹果", "养猪", "种药材", "买农资", "养羊"), 5),
    Product("农户联保贷款", ("farmer",), "interest_only", (24, 36), (30_000, 100_000), (68_000, 82_000),
            ("guarantee",), "quarterly", ("大棚蔬菜", "购农机", "养殖扩建", "建冷库"), 3),
    Product("个体经营贷款", ("shop",), "equal_instalment", (24, 36), (50_000, 300_000), (60_000, 78_000),
            ("guarantee", "mortgage", "credit"), "monthly", ("进货周转", "装修门店", "购运输车"), 5),
    Product("外出务工贷款", ("worker",), "equal_instalment", (12, 24), (20_000, 80_000), (66_000, 80_000),
            ("credit", "guarantee"), "monthly", ("子女上学", "建房", "技能培训", "周转"), 5),
    Product("个人住房贷款", ("shop", "worker", "farmer"), "equal_instalment", (120, 180, 240), (120_000, 420_000),
            (39_000, 52_000), ("mortgage",), "monthly", ("购住房",), 1),
    Product("小企业流动资金贷款", ("company",), "interest_only", (12, 24), (500_000, 3_000_000), (52_000, 70_000),
            ("mortgage", "guarantee", "pledge"), "quarterly", ("原料采购", "货款周转", "支付工程款"), 5),
    Product("房地产开发贷款", ("developer",), "interest_only", (36,), (20_000_000, 60_000_000), (58_000, 68_000),
            ("mortgage",), "quarterly", ("项目开发建设",), 5),
)

SURNAMES = (
    "周何赵孙吴马韩李王张刘陈杨黄林徐郭梁宋郑谢唐许冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程"
    "苏魏吕丁沈任姚卢姜崔钟谭陆汪范石廖贾韦付方邹熊白孟秦邱侯江尹薛段雷龙史陶贺顾毛郝"
    "龚邵万钱严"
)
GIVEN_FIRST = (
    "满德有永国建文桂玉秀春秋志明长天福兴正大学忠义光清远海云昌世宗家金银宝成立万润泽"
)
GIVEN_SECOND = (
    "仓兰田胜云军华英芳林实峰山才贵发根生平安顺财旺喜珍梅莲香凤霞燕琴红勇强斌伟刚超龙"
    "虎"
)
SHOP_WORDS = ("永顺", "宏发", "惠民", "诚信", "兴隆", "百家", "鑫源", "福满", "老街", "万和", "聚贤", "金穗")
SHOP_TRADES = ("粮油经营部", "百货店", "五金店", "饭馆", "建材门市", "农资店", "服装店", "汽修部", "药材收购部", "理发店")
COMPANY_WORDS = ("青石", "云台", "东河", "石坪", "川源", "天池", "绿野", "恒通", "华兴", "同创", "瑞丰", "金垭")
COMPANY_TRADES = ("果蔬专业合作社", "食品有限公司", "建材有限公司", "农业科技有限公司", "物流有限公司", "木业有限公司",
                  "养殖有限公司", "机械有限公司", "中药材有限公司")
DEVELOPERS = ("青石安居房地产开发有限公司", "云台新城置业有限公司")
INDUSTRIES = {
    "farmer": ("种植业", "养殖业"), "shop": ("批发零售", "住宿餐饮", "居民服务"), "worker": ("建筑业", "制造业", "家政服务"),
    "company": ("农产品加工", "建材制造", "交通运输", "制造业"), "developer": ("房地产开发",),
}
WORK_PLACES = ("东莞某电子厂", "宁波某建筑工地", "成都某餐饮店", "西安某物流站", "温州某鞋厂", "苏州某服装厂")
