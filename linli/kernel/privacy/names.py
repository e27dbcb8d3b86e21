"""Names of people in a text, where the text itself says that a name follows or stands before a title.

    我叫张建国 -> 我叫张**      联系人：李娜 -> 联系人：李*      张建国先生 -> 张**先生      张先生 stays

Without such a sign a word is no name: 高新区, 常平镇 and 金色家园 begin with family names as well. Names that are
known (who reported) are given and hidden wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from linli.kernel.privacy.masks import COMPOUND_FAMILY_NAMES, mask_name
from linli.kernel.privacy.numbers import Found
from linli.kernel.privacy.reading import Reading

FAMILY_NAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧葛柯庞章施洪严牛"
    "温季俞鲁韦申阮岳梅倪兰庄祝翟殷骆单耿关焦尤樊裴辛管向翁涂舒聂齐柳甘覃路童詹左凌霍鲍柴喻游蒲牟艾商包卓"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂梅玲燕红琴珍凤莲淑芬菊荣华国建志文海波辉斌鹏飞宇浩然俊豪婷雪琳"
    "颖慧佳欣怡梓涵子轩雨晨思远博昊睿嘉诚佑一诺依馨瑶璐露晴倩蕾薇莉萍云凯亮峰健康宁福贵祥庆德义仁信忠孝礼智勤良善"
    "春生学友家伦宝玉翠花香翔龙虎豹彪威震东南北兴旺盛昌裕富长永恒久安泰顺达利民立新振邦武卫爱党胜全根财才运喜元守成"
    "光耀祖宗业继承先启彦哲泽润清源江河洁莹晶珊瑞雯彤岚倍若曦可心悦乐月星阳三四五小大丰"
)
TITLES = "先生|女士|小姐|太太|老师|师傅|大爷|大妈|大娘|大伯|大婶|奶奶|爷爷|阿姨|叔叔|大叔|大哥|大姐|婆婆|同志"

_HAN = "\u4e00-\u9fff"
_COMPOUND = "|".join(sorted(COMPOUND_FAMILY_NAMES))
_EDGE = (
    rf"(?=[^{_HAN}·.*]|$|电话|手机|联系|身份证|住在?|家住|反映|投诉|举报|男|女|先生|女士|今年|微信)"
)
_CUE = (
    r"(?:我叫|名叫|叫做|姓名|联系人|投诉人|反映人|举报人|申请人|当事人|来电人|诉求人|报案人|报修人|署名|落款|监护人|"
    r"收件人|机主|户名|车主|户主|经办人|代理人|负责人|名字|姓 名)(?:是|为|叫)?[ ]{0,2}([：:])?[ ]{0,2}(?:是|为|叫)?"
)
_STATED = re.compile(
    rf"{_CUE}((?:{_COMPOUND})[{_HAN}]{{1,2}}|[{_HAN}]{{2,6}}|[{_HAN}]{{1,6}}[·.][{_HAN}]{{1,6}}){_EDGE}"
)
_PLAINLY = re.compile(rf"{_CUE}((?:{_COMPOUND}|[{FAMILY_NAMES}])[{GIVEN}]{{1,2}})(?!\*)")
"""Behind such a word a family name and usual given names are a name whatever follows: 姓名李小燕一直打不通."""

_SELF = re.compile(
    rf"(?:我是|本人|业主|住户|租户|租客|房东|居民|村民|邻居|家属|我姓名)[：: ]{{0,2}}"
    rf"((?:{_COMPOUND})[{_HAN}]{{1,2}}|[{FAMILY_NAMES}][{_HAN}]{{1,2}}){_EDGE}"
)
_TITLED = re.compile(rf"([{_HAN}]{{0,4}})({TITLES})")
_CALLED_BY_TITLE = re.compile(rf".{{1,2}}(?:{TITLES})$")
_FAMILY = frozenset(FAMILY_NAMES)
_GIVEN = frozenset(GIVEN)
_BEFORE_NAME = frozenset("的找叫是和跟由给请向位对与及为被让把同")
_NO_NAMES = re.compile(
    r"(?:什么|不详|匿名|未留|本人|无名|没有|是谁|如下|号码|以及|信息|方式|电话|名单|等|和|的|不|未|已|要|应|必|可|都|也|就|[是为叫])"
)
_WORDS = re.compile(
    r".*(?:们|某|人$|区|市|县|镇|路|街|村|公司|部门|单位|小区|业主|居民|群众|老板|学生|家长|工作|先生|女士|代表|同意|反映|投诉|"
    r"许可|周边|方便|高兴|常年|安全|平安|和平|文明|高层|金额|马上|成立|关于|关系|向来|万一|"
    r"电话|手机|联系|我|你|他|她|这|那|谁|签|写|填|处|局|院|校|站|所$|办$)"
)


def names_in(reading: Reading, known: Iterable[str] = ()) -> Iterator[Found]:
    """Stated, titled and known names."""
    for hit in _STATED.finditer(reading.words):
        if _is_stated(hit[2], colon=hit[1] is not None):
            yield Found(hit.start(2), hit.end(2), "name", mask_name(hit[2]))
    for hit in _SELF.finditer(reading.words):
        if not _WORDS.match(hit[1]) and _is_given(hit[1]):
            yield Found(hit.start(1), hit.end(1), "name", mask_name(hit[1]))
    for hit in _PLAINLY.finditer(reading.words):
        if not _WORDS.match(hit[2]):
            yield Found(hit.start(2), hit.end(2), "name", mask_name(hit[2]))
    yield from _titled(reading.words)
    yield from _known(reading.words, known)


def _is_stated(name: str, *, colon: bool) -> bool:
    if _NO_NAMES.match(name) or _WORDS.match(name) or _CALLED_BY_TITLE.match(name):
        return False
    if colon:
        return True
    return (
        name[:2] in COMPOUND_FAMILY_NAMES or (name[0] in _FAMILY and len(name) <= 3) or "·" in name
    )


def _is_given(name: str) -> bool:
    if name[:2] in COMPOUND_FAMILY_NAMES:
        return True
    return all(one in _GIVEN for one in name[1:])


def _titled(text: str) -> Iterator[Found]:
    for hit in _TITLED.finditer(text):
        name = _before_title(hit[1])
        if name:
            yield Found(hit.end(1) - len(name), hit.end(1), "name", mask_name(name))


def _before_title(before: str) -> str:
    """The full name at the end of these up to four characters, empty when a family name alone stands there."""
    if before[-4:-2] in COMPOUND_FAMILY_NAMES or before[-3:-1] in COMPOUND_FAMILY_NAMES:
        return before if before[-4:-2] in COMPOUND_FAMILY_NAMES else before[-3:]
    for length in (3, 2):
        name, lead = before[-length:], before[:-length]
        if len(name) < length or name[0] not in _FAMILY:
            continue
        clean = not lead or lead[-1] in _BEFORE_NAME
        given = all(one in _GIVEN for one in name[1:])
        if given or (clean and name[-1] not in _FAMILY and not _WORDS.match(name)):
            return name
    return ""


def _known(text: str, known: Iterable[str]) -> Iterator[Found]:
    for name in known:
        name = name.strip()
        if len(name) < 2:
            continue
        at = text.find(name)
        while at >= 0:
            yield Found(at, at + len(name), "name", mask_name(name))
            at = text.find(name, at + len(name))
