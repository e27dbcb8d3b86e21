"""The forms in which areas are published, read as our own.

Maps: properties `adcode`, `name`, `parent: {adcode}` (the boundaries of DataV and whatever was made from them, GCJ-02).
Tables: 区划代码, 名称 and perhaps 上级代码, of any level, in any order. Codes of provinces and cities may have 2 and 4
digits, those of the statistics 12 with zeros at the end: 310101002000 is the sub-district 310101002.

Pure: properties in, properties out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linli.kernel.places.errors import CodeInvalid
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.sheets import plain_title

NAMES: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code", "adcode", "编码", "区划代码", "行政区划代码", "统计用区划代码", "区划编码", "辖区编码", "代码",
        "区域编码", "网格编码",
    ),
    "name": ("name", "名称", "区划名称", "辖区名称", "区域名称", "单位名称", "网格名称", "fullname"),
    "parent": (
        "parent", "parent_code", "parentCode", "pcode", "parent_adcode", "areaCode", "上级编码", "上级代码",
        "上级区划代码", "父级编码", "所属编码",
    ),
    "kind": ("kind", "网格类型"),
    "level": ("level", "级别", "层级"),
}  # fmt: skip
"""Names of a property or a column, the most telling first."""

REGIONS = Layout(
    "区划",
    {name: (titles[2], *titles) if name == "code" else titles for name, titles in NAMES.items()},
    needed=(("code",), ("name",)),
)

_OF_DATAV = frozenset(("adcode", "acroutes", "subFeatureIndex"))


def as_ours(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties under our names; those we do not know stay as they are.

    Raises:
        CodeInvalid: nothing in it can be a code; the properties found are named.
    """
    plain = {plain_title(str(name)): name for name in reversed(list(properties))}
    found = dict(properties)
    for wanted, spellings in NAMES.items():
        for one in map(plain_title, spellings):
            if one in plain:
                found[wanted] = properties[plain[one]]
                break
    if "code" not in found:
        names = "、".join(map(str, properties))[:200] or "没有属性"
        raise CodeInvalid(f"缺少编码（code 或 adcode）；找到的属性：{names}。", field="code")
    found["code"] = full_code(found["code"])
    if isinstance(found.get("parent"), Mapping):
        found["parent"] = as_ours(found["parent"])["code"]
    found["parent"] = full_code(found.get("parent"))
    return found


def full_code(value: object) -> object:
    """A code with as many digits as its level has; anything else as it is."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()):
        return value
    if len(text) in (2, 4):
        return text.ljust(6, "0")
    if len(text) == 12 and text.endswith("000"):
        text = text[:9]
    return text[:6] if len(text) == 9 and text.endswith("000") else text


def is_of_datav(features: list[Any]) -> bool:
    """Whether a map is one of DataV's, whose coordinates are GCJ-02."""
    facts = [one.get("properties") for one in features if isinstance(one, Mapping)]
    return bool(facts) and all(
        isinstance(one, Mapping) and one.keys() >= _OF_DATAV for one in facts
    )
