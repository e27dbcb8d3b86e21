"""Everything that can go wrong with calendars and time limits.

CalendarError           a LinliError
├── UnclearLimit        the text of a limit is missing, malformed or ambiguous
├── BadMoment           a time without a zone, or far outside any calendar
├── BadPause            a pause that does not end after it starts
├── BadWorkingTime      a calendar that contradicts itself
├── BadCalendarFile     a file that is not a calendar or a day list at all
├── BadNotice           the text of a yearly notice that does not fit itself or the calendar
├── YearUnchanged       a year was entered that the calendar has already, word for word
├── YearNotLoaded       the holiday table of a year is missing: no due is invented
├── NoCalendar          no calendar is valid on that day
└── ExtensionRefused    overdue already, or all extensions used
"""

from linli.kernel.errors import LinliError


class CalendarError(LinliError):
    """Root of this tree; raised only as one of its children."""

    code = "calendar"


class UnclearLimit(CalendarError):
    status = 422
    code = "unclear_limit"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="limit")


class BadMoment(CalendarError):
    status = 422
    code = "bad_moment"


class BadPause(CalendarError):
    status = 422
    code = "bad_pause"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="pause")


class BadWorkingTime(CalendarError):
    status = 422
    code = "bad_working_time"


class BadCalendarFile(CalendarError):
    status = 422
    code = "bad_calendar_file"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class BadNotice(CalendarError):
    status = 422
    code = "bad_notice"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="text")


class YearUnchanged(CalendarError):
    status = 409
    code = "year_unchanged"

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年已经录入，内容完全相同，不需要再次确认。", field="text")


class YearNotLoaded(CalendarError):
    """A date outside the loaded years was needed; `year` says which table to import."""

    status = 409
    code = "year_not_loaded"

    def __init__(self, year: int, *, calendar: str) -> None:
        super().__init__(
            f"工作日历“{calendar}”还没有{year}年的放假和调休安排，无法算出截止时间。"
            f"请先导入{year}年的节假日表，再重新计算。",
            field="year",
        )
        self.year = year
        self.calendar = calendar


class NoCalendar(CalendarError):
    status = 409
    code = "no_calendar"

    def __init__(self, day: str) -> None:
        super().__init__(
            f"{day}没有有效的工作日历。请在“工作日历”里新建一份，或装入自带的默认日历。",
            field="calendar",
        )


class ExtensionRefused(CalendarError):
    status = 409
    code = "extension_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="extension")
