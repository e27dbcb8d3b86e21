"""A few made-up letters about a small street, enough to learn three classes from."""

from __future__ import annotations

from linli.cases.classifier.features import Message

LETTERS = {
    "市政": (
        ("路灯不亮", "槐树里东巷的路灯坏了一周，晚上漆黑一片，请派人修。"),
        ("井盖松动", "菜场门口的井盖一踩就响，怕老人摔倒。"),
        ("", "人行道的地砖坏了三块，下雨天踩上去溅一身水，请修一修路面。"),
        ("下水道堵了", "三号楼前面的下水道堵塞，污水漫到路面上。"),
        ("", "柏油路塌了一个坑，晚上路灯又不亮，骑车的人看不见。"),
        ("路面积水", "一下雨巷口就积水，排水口被树叶堵住。"),
    ),
    "环卫": (
        ("垃圾没人收", "小区垃圾桶满了两天没有清运，臭味很大。"),
        ("", "公厕很脏，保洁员好几天没来打扫。"),
        ("垃圾堆在路口", "有人把装修垃圾倒在巷口，环卫车不收。"),
        ("垃圾桶太少", "整条巷子只有一个垃圾桶，大家只好堆在地上。"),
        ("", "清扫车早上不来，落叶和垃圾到处都是。"),
        ("厨余桶", "厨余垃圾桶没有盖子，苍蝇多，请更换。"),
    ),
    "教育": (
        ("学校门口", "小学放学时家长的车堵在学校门口，学生过马路危险。"),
        ("", "幼儿园今年还招不招生，孩子三岁了，没有学位。"),
        ("补课费", "老师让学生周末补课，一学期收费两千元，合理吗？"),
        ("校车", "中学的校车只有一趟，学生坐不下。"),
        ("", "孩子转学，学籍一直没有转过来，学校说要等。"),
        ("课后班", "小学的课后托管只到五点，家长来不及接孩子。"),
    ),
}

MESSAGES = [Message(title, body) for letters in LETTERS.values() for title, body in letters]
LABELS = [label for label, letters in LETTERS.items() for _ in letters]


def as_csv(messages: list[Message], labels: list[str]) -> str:
    rows = zip(messages, labels, strict=True)
    return "title,body,label_level1\n" + "".join(
        f"{message.title},{message.body},{label}\n" for message, label in rows
    )
