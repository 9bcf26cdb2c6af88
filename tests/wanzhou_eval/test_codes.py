"""二维码: the picture holds exactly the modules of the code, and says what it is."""

import re

import segno
from django.template import Context, Template

from wanzhou_eval.templatetags.codes import QUIET

TEXT = "LAQD/1|WZ-2031-S1|SHA-256|" + "0123456789abcdef" * 4 + "|" + "fedcba9876543210" * 4
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def test_the_picture_is_the_code() -> None:
    template = Template("{% load codes %}{% qr text label %}")
    drawn = template.render(Context({"text": TEXT, "label": "二维码：<指纹>"}))
    matrix = segno.make_qr(TEXT, error="m", boost_error=False).matrix
    side = len(matrix)
    found = [[0] * side for _ in range(side)]
    for column, line, width, back in RUN.findall(drawn):
        assert width == back
        for at in range(int(width)):
            found[int(line) - QUIET][int(column) - QUIET + at] = 1
    assert found == [list(row) for row in matrix]
    assert f'viewBox="0 0 {side + 8} {side + 8}"' in drawn
    assert 'role="img" aria-label="二维码：&lt;指纹&gt;"' in drawn
