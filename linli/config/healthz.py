"""`/healthz`: what works and what does not, for load balancers, watchers and `bin/run`.

200 when everything that must work does, 503 otherwise; `?only=web,database` asks for some parts. It says nothing that
a stranger may not know.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from linli.config.clock import now
from linli.kernel.engine.remembered import Remembered
from linli.kernel.upkeep.health import CHECKS, FAIL, Part, health, overall
from linli.screens.shared.guard import anybody

_parts = Remembered(lambda only: health(now=now(), only=only), seconds=1.0)


@anybody
def healthz(request: HttpRequest) -> HttpResponse:
    """The state of the parts; at most a second old."""
    asked = request.GET.get("only", "").split(",")
    parts: list[Part] = _parts(tuple(name for name in CHECKS if name in asked))
    status = overall(parts)
    words = {
        "status": status,
        "parts": {
            part.name: {
                "status": part.status,
                **({"age_seconds": part.age} if part.age is not None else {}),
                **({"detail": part.detail} if part.detail else {}),
            }
            for part in parts
        },
    }
    answer = JsonResponse(words, status=503 if status == FAIL else 200)
    answer["Cache-Control"] = "no-store"
    return answer
