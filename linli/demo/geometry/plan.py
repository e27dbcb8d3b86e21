"""The town plan, drawn with letters, and the invented names.

One letter is one cell of the street mesh, north at the top. Every name is made up, every code lies
under the unassigned province 99.
"""

from __future__ import annotations

Cell = tuple[int, int]

COLUMNS, ROWS = 13, 10
RIVER_LINE = 9
MAIN_COLUMN_LINES = (4,)
MAIN_ROW_LINES = (5,)

COMMUNITY_PLAN = """
..AAACCCCEE..
.AAAACCCCEEE.
AAAAACCCCEEEE
AAAACCCCCEEEE
AAAACCCCDEEEE
BBBBCDDDDEEEE
BBBBBDDDDEEEE
BBBBBDDDDEEEE
.BBBBDDDDEEE.
..BBBDDDDEE..
"""

# Grids are lettered within their community.
GRID_PLAN = """
..aabaabbaa..
.aabbaccbabb.
ccddbddceccbd
cedffdggeceed
eeffffggbfeed
aabbfaabbfeeg
accbeaccdfhgg
ddfeeeecdhhii
.dfggefggjji.
..fggffggjj..
"""

# r homes, S school, M shopping centre, H hospital, I business park, P park, o offices, k market,
# c community centre.
USE_PLAN = """
..rrrrrrrrr..
.rrcrrorrrrr.
rrrrrrcrrorrr
rrrkrrMMrrPPr
rrrrorMMorPPr
rrrrrorokrPPr
rSSrrrrrHcrrr
rrrcrrrrHrrII
.rrrkrcrrrkI.
..rrrrrrrrr..
"""

COMMUNITY_NAMES = {
    "A": "槐树里社区",
    "B": "梧桐巷社区",
    "C": "杏花坞社区",
    "D": "听泉里社区",
    "E": "清河湾社区",
}
DISTRICT_NAME = "澄汀区"
SUBDISTRICT_NAME = "望槐街道"
RIVER_NAME = "清河"
PARK_NAME = "望槐公园"

# Grids of their own kind, by community and letter.
DEDICATED = {
    ("B", "c"): "望槐小学专属网格",
    ("C", "g"): "望槐商圈专属网格",
    ("D", "d"): "望槐医院专属网格",
    ("E", "i"): "清河湾科创园专属网格",
}

COLUMN_STREETS = (
    "晓风路",
    "拾叶街",
    "竹影巷",
    "青石巷",
    "望槐大道",
    "墨香路",
    "半亩街",
    "杏雨路",
    "桑榆巷",
    "清河岸",
    "芦花路",
    "鹭鸣街",
    "蓼汀路",
    "远帆路",
)
ROW_STREETS = (
    "南塘路",
    "麦浪街",
    "豆蔻巷",
    "听泉路",
    "拂云街",
    "长澄大道",
    "糖坊巷",
    "槐荫路",
    "纸鸢街",
    "星桥路",
    "北岭路",
)
QUARTER_FIRST = "春晓 槐香 锦棠 云溪 明月 听雨 枫林 翠屏 金桂 紫藤 银杏 玉兰 海棠 芳草 晴川 望舒 静水 暖阳 和风 朝露"
QUARTER_LAST = "苑 里 居 园 庭"
SHOPS = (
    "阿槐面馆",
    "拾味小厨",
    "晨光早点铺",
    "禾下米行",
    "青禾果蔬店",
    "小满茶铺",
    "白露书屋",
    "安心药房",
    "康禾药店",
    "巧手裁缝铺",
    "四季理发店",
    "老街修鞋铺",
    "星光文具店",
    "邻家便利店",
    "半夏花店",
    "木香家具行",
    "快洁洗衣店",
    "童乐玩具屋",
    "圆满蛋糕房",
    "三味熟食店",
    "阿福五金店",
    "云朵宠物店",
    "好运手机维修",
    "暖心眼镜店",
)
ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def drawn(plan: str) -> dict[Cell, str]:
    """Letters by (column from the west, row from the south)."""
    lines = plan.strip().splitlines()
    assert len(lines) == ROWS, "a plan has one line per row of cells"
    assert {len(line) for line in lines} == {COLUMNS}, "a plan has one letter per column"
    return {
        (column, ROWS - 1 - row): letter
        for row, line in enumerate(lines)
        for column, letter in enumerate(line)
        if letter != "."
    }
