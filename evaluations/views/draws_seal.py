"""封存: the value of a commitment is made here at the edge, shown once and kept nowhere."""

from collections.abc import Callable
from secrets import token_hex

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables

from evaluations.models import Draw
from evaluations.queries.draws_seed import in_groups


@sensitive_variables("secret")
def sealed_answer(request: HttpRequest, seal: Callable[[str], Draw]) -> HttpResponse:
    """Seal a list and go on to its console, or show the slip for the envelope first.

    The slip is the answer to the press itself: a redirect would have to keep the value somewhere.
    Whoever loses this page before printing has the draw declared void and seals again.
    """
    secret = token_hex(32)
    draw = seal(secret)
    if draw.commitment:
        context = {
            "page_title": f"承诺信封 {draw.code}",
            "draw": draw,
            "value": secret,
            "bars": in_groups(secret, 32),
        }
        return render(request, "evaluations/draw_slip.html", context)
    messages.success(request, f"名单已封存，编号{draw.code}，指纹末8位{draw.freeze_hash[-8:]}。")
    return redirect("draw_console", draw.plan.year, draw.code)
