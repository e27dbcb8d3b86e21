"""The look that every screen shares: frame, parts, icons, reading settings."""

from __future__ import annotations

from django.apps import AppConfig


class SharedScreensConfig(AppConfig):
    name = "linli.screens.shared"
    label = "screens_shared"
    verbose_name = "页面公共部分"
