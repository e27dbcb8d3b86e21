"""No place is in the code: a second sub-district needs zero lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import HOUSE, files, place, python_files, tree

PROVINCES = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 山东 湖北 湖南 广东 广西 重庆 四川 贵州 云南"
    " 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"
).split()

CITIES = (
    "石家庄 沈阳 长春 哈尔滨 南京 苏州 无锡 杭州 宁波 温州 合肥 福州 厦门 南昌 济南 青岛 郑州 武汉 长沙 广州 深圳"
    " 佛山 东莞 珠海 南宁 桂林 海口 三亚 贵阳 昆明 拉萨 兰州 西宁 银川 乌鲁木齐 呼和浩特 浦东新区 雄安"
).split()

MEANT_AS_A_PLACE = (
    r"(?<![以沿])上海(?!量|拔)", "海南省", "河南省", "江西省", "西安市", "大同市", "成都市", "太原市", "中山市",
)  # fmt: skip
"""Names whose two characters also meet by accident, as in 以上海量 or 向西安置."""

LATIN = (
    "beijing|shanghai|tianjin|chongqing|shenzhen|guangzhou|hangzhou|nanjing|wuhan|chengdu|suzhou|xiamen|qingdao"
    "|zhejiang|jiangsu|guangdong|sichuan|shandong|fujian|hubei|hunan|hebei|henan|yunnan|guizhou|hainan"
)

REAL = re.compile("|".join([*PROVINCES, *CITIES, *MEANT_AS_A_PLACE, rf"(?i:\b(?:{LATIN})\b)"]))

NOT_A_PLACE = ("Asia/Shanghai", "SHANGHAI", "北京时间")
"""Names of the one time zone of the whole country."""


def test_no_text_in_the_code_names_a_real_place() -> None:
    found = [
        f"{place(file, node)} {named}"
        for file in python_files(HOUSE)
        for node in texts(tree(file))
        for named in real_places(str(node.value))
    ]

    assert found == []


def test_no_template_or_seed_names_a_real_place() -> None:
    found = [
        f"{place(file)} {named}"
        for kind in ("*.html", "*.js", "*.mjs", "*.csv", "*.json", "*.toml", "*.geojson", "*.txt")
        for file in files(HOUSE, kind)
        for named in real_places(file.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("text", ["杭州市西湖区", "上海市民服务热线", "Shenzhen", "area=beijing"])
def test_a_real_place_is_recognised(text: str) -> None:
    assert real_places(text)


@pytest.mark.parametrize(
    "text", ["Asia/Shanghai", "北京时间 8:00", "槐树里社区", "以上海量数据", "向西安置", "大同小异"]
)
def test_a_made_up_place_is_left_alone(text: str) -> None:
    assert real_places(text) == []


def real_places(text: str) -> list[str]:
    for allowed in NOT_A_PLACE:
        text = text.replace(allowed, "")
    return [match.group() for match in REAL.finditer(text)]


def texts(module: ast.Module) -> Iterator[ast.Constant]:
    """String constants that take part in what the program does; a docstring may name its source."""
    told = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node
