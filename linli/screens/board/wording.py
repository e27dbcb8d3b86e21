"""What of a resident's own words may hang on a wall: nothing that may name a person, a telephone or a door.

Rather too much is hidden than too little; the class and the grid stand beside the words and tell the matter anyway.
Example: 「王桂兰家501室漏水，电话19900001234」 is shown as 「***家***室漏水，电话***」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from linli.kernel.privacy.free_text import masked_words

HIDDEN = "***"
LONGEST = 40
"""Characters of a title; more does not fit a line that is read from six metres."""

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚欧葛柯庞"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|司徒|夏侯|端木|南宫"
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂梅玲燕红琴珍凤莲淑芬菊荣华国建志文海波辉斌鹏飞宇浩然俊豪婷雪琳"
    "颖慧佳欣怡梓涵子轩雨晨思远博昊睿嘉诚佑一诺依馨瑶璐露晴倩蕾薇莉萍云凯亮峰健康宁福贵祥庆德义仁信忠孝礼智勤良善"
    "春生学友家伦宝玉翠花香翔龙虎豹彪威震东南北兴旺盛昌裕富长永恒久安泰顺达利民立新振邦武卫爱党胜全根财才运喜元守成"
    "光耀祖宗业继承先启彦哲泽润清源江河洁莹晶珊瑞雯彤岚倍若曦可心悦乐月星阳"
)
_TOP_SURNAMES = "王李张刘陈杨赵周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛余潘杜戴钱"
_TITLES = (
    "先生|女士|小姐|老师|师傅|大爷|大妈|大娘|大伯|大婶|奶奶|爷爷|阿姨|叔叔|大叔|大哥|大姐|婆婆|老板|老板娘|主任|书记|"
    "经理|医生|队长|站长|所长|警官|同志|太太|某某|某"
)
_EDGE = (
    r"[，。、：:；;！!？?\s（）()“”,.家的说称住和与把被在是找打要]|反映|投诉|举报|电话|手机|本人|$"
)
_CUE = (
    r"我叫|我是|本人|姓名|姓|联系人|业主|住户|居民|邻居|租客|房东|户主|老人|网格员|隔壁|对门|叫|找"
)

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\w.+*-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][·•\s]?[A-Za-z0-9]{4,6}",
        r"(?<![A-Za-z0-9])(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{6,}",
        r"[+＋]?[0-9０-９](?:[\-－—\s]{0,9}[0-9０-９]){1,60}[\-－—\s]{0,9}[0-9０-９Xx]",
        r"[零〇一二三四五六七八九幺两]{5,}",
        rf"(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}(?={_EDGE})",
        rf"[{_SURNAMES}][{_GIVEN}]{{2}}",
        rf"(?<=^)[{_SURNAMES}][{_GIVEN}](?={_EDGE})",
        rf"(?<=[，。、：:；;\s（(“])[{_SURNAMES}][{_GIVEN}](?={_EDGE})",
    )
)
_STARS = re.compile(r"\*{3,}")
_CALLED = re.compile(rf"({_CUE})[:：\s]?(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}")
_ADDRESSED = re.compile(rf"(?:(?:{_COMPOUND})|[{_SURNAMES}])[{_GIVEN}]{{0,2}}({_TITLES})")
_FAMILIAR = re.compile(rf"([老小阿])[{_TOP_SURNAMES}](?![\u4e00-\u9fff]?[路街巷苑园里])")


def wall_words(text: str, names: Iterable[str] = ()) -> str:
    """The words with everything hidden that may be personal; `names` are known ones, such as the reporter's.

    First the one mask of the house, then what a wall hides besides: names that nothing announces, every long figure.
    """
    names = tuple(names)
    text = masked_words(text, names=names)
    for name in sorted((name.strip() for name in names), key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, HIDDEN)
    text = _ADDRESSED.sub(rf"{HIDDEN}\1", text)
    text = _CALLED.sub(rf"\1{HIDDEN}", text)
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    text = _FAMILIAR.sub(rf"\1{HIDDEN}", text)
    text = " ".join(_STARS.sub(HIDDEN, text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
