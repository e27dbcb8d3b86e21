"""Words for people, posts and rights, ready for translation. Names of roles are data of the office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.kernel.people.models import Shift
from linli.kernel.people.rules import DAYS, Hours, joined
from linli.screens.console.labels import Words, words_of

WEEKDAYS: Words = {
    "1": _("周一"),
    "2": _("周二"),
    "3": _("周三"),
    "4": _("周四"),
    "5": _("周五"),
    "6": _("周六"),
    "7": _("周日"),
}

DATA_SCOPES: Words = {
    "all": _("全部"),
    "below": _("本级及以下"),
    "level": _("只看本级"),
    "grid": _("网格"),
    "organization": _("本单位"),
    "self": _("仅本人"),
}

SCOPE_HELP: Words = {
    "all": _("全部：整个平台，不分辖区。"),
    "below": _("本级及以下：所选辖区和里面的社区、网格。"),
    "level": _("只看本级：只有挂在所选辖区这一级的，不含下级。"),
    "grid": _("网格：所选网格；不选就是本人负责的网格。"),
    "organization": _("本单位：派给所选单位的；不选就是本人的单位。"),
    "self": _("仅本人：只有本人经办的。"),
}

ORGANIZATION_KINDS: Words = {
    "subdistrict_office": _("街道办事处"),
    "department": _("职能部门"),
    "residents_committee": _("居民委员会"),
    "operations_center": _("城运中心"),
    "property_company": _("物业服务企业"),
    "owners_committee": _("业主委员会"),
    "social_organization": _("社会组织"),
    "resident_organization": _("驻区单位"),
}

LEVELS: Words = {
    "province": _("省"),
    "city": _("市"),
    "district": _("区县"),
    "subdistrict": _("街道"),
    "community": _("社区"),
    "grid": _("网格"),
}

AXES: Words = {"supervision": _("监督"), "command": _("指挥"), "none": _("不限")}

STAFF_STATES: Words = {
    "working": _("在职"),
    "no_login": _("在职，没有账号"),
    "never": _("在职，从未登录"),
    "closed": _("在职，账号停用"),
    "left": _("已离职"),
    "everybody": _("全部"),
}

ACCOUNT_STATES: Words = {
    "open": _("在用"),
    "never": _("从未登录"),
    "no_post": _("没有岗位"),
    "ending": _("岗位 30 天内到期"),
    "machine": _("接口账号"),
    "unlinked": _("没有归到人员"),
    "closed": _("已停用"),
    "everything": _("全部"),
}

RIGHTS: Words = {
    "access.approve": _("批准另一位管理员的申请"),
    "access.manage": _("管理账号、岗位和密钥"),
    "audit.view": _("查看审计日志"),
    "board.view": _("查看大屏"),
    "calendar.edit": _("维护工作日历"),
    "cases.accept": _("受理"),
    "cases.ask_force_close": _("申请强制结案"),
    "cases.cancel": _("作废"),
    "cases.check": _("核查"),
    "cases.close": _("结案"),
    "cases.decide_objection": _("裁定异议"),
    "cases.decline": _("不予受理"),
    "cases.dispatch": _("派遣"),
    "cases.endorse_extension": _("同意延期申请"),
    "cases.export": _("导出案件"),
    "cases.follow_up": _("回访"),
    "cases.force_close": _("强制结案"),
    "cases.grant_extension": _("批准延期"),
    "cases.handle": _("处置"),
    "cases.import": _("批量导入上报"),
    "cases.merge": _("并案和拆分"),
    "cases.register": _("立案"),
    "cases.remark": _("备注"),
    "cases.reopen": _("重开"),
    "cases.report": _("上报"),
    "cases.review_appeal": _("审核超时申诉"),
    "cases.rule_dispute": _("裁定派单争议"),
    "cases.self_handle": _("自行处置"),
    "cases.settings": _("维护类别、标准和时限"),
    "cases.supervise": _("督办"),
    "cases.suspend": _("挂账"),
    "insight.decide_card_appeals": _("裁定计分卡申诉"),
    "insight.scoring": _("负责评分"),
    "insight.topics": _("管理每月一题"),
    "cases.verify": _("核实"),
    "cases.view": _("查看案件"),
    "cases.view_contact": _("查看上报人联系方式"),
    "failures.retry": _("重试失败的处理"),
    "failures.view": _("查看失败的处理"),
    "hotline.exchange": _("与热线平台收发工单"),
    "hotline.view": _("查看热线工单"),
    "inspections.inspect": _("检查隐患"),
    "inspections.plan": _("安排检查"),
    "inspections.recheck": _("复查整改"),
    "inspections.rectify": _("督促整改"),
    "inspections.view": _("查看隐患检查"),
    "organisations.edit": _("维护单位"),
    "people.edit": _("维护人员、班次和网格任职"),
    "places.edit": _("维护区划和网格"),
    "places.view": _("查看社区和网格"),
    "whistle.answer": _("应哨、报到和处置"),
    "whistle.blow": _("街道吹哨"),
    "whistle.check": _("核查部门的处置"),
    "whistle.close": _("结束吹哨"),
    "whistle.designate": _("指定承担部门"),
    "whistle.meet": _("召开联席会议"),
    "whistle.raise": _("社区吹哨"),
    "whistle.score": _("评价应哨部门"),
    "whistle.view": _("查看吹哨"),
    "whistle.waive": _("免除应哨部门"),
}
"""Every right of the catalogue; one that a city adds is shown by its code, so that it never breaks a page."""


def days_in_words(weekdays: str) -> str:
    """12345 → 周一至周五; days that follow each other by threes and more become a range."""
    if set(weekdays) == set(DAYS):
        return gettext("每天")
    runs: list[list[str]] = []
    for day in sorted(weekdays):
        if runs and int(day) == int(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts: list[str] = []
    for run in runs:
        if len(run) >= 3:
            first, last = words_of(WEEKDAYS, run[0]), words_of(WEEKDAYS, run[-1])
            parts.append(gettext("%(first)s至%(last)s") % {"first": first, "last": last})
        else:
            parts += [words_of(WEEKDAYS, day) for day in run]
    return "、".join(parts)


def hours_in_words(shifts: Iterable[Shift]) -> list[str]:
    """Lines like 周一至周五 08:30–17:30 or 周日 22:00–次日 06:00 (the words are translated)."""
    return [_span(one) for one in joined(hours_of(shifts))]


def hours_of(shifts: Iterable[Shift]) -> list[Hours]:
    return [Hours(one.weekdays, one.starts, one.ends) for one in shifts]


def _span(hours: Hours) -> str:
    begins, ends = f"{hours.starts:%H:%M}", f"{hours.ends:%H:%M}"
    if hours.ends == time.min:
        ends = "24:00"
    elif hours.ends < hours.starts:
        ends = gettext("次日 %(time)s") % {"time": ends}
    return f"{days_in_words(hours.weekdays)} {begins}–{ends}"
