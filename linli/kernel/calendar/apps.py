"""The Django app of work calendars."""

from django.apps import AppConfig


class WorkCalendarConfig(AppConfig):
    # The label is not "calendar": short labels are global, and that one is a standard library name.
    name = "linli.kernel.calendar"
    label = "work_calendar"
    verbose_name = "工作日历"
