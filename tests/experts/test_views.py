"""专家 pages: the pool, its import, declared relations."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from experts.models import Expert
from tests.people import make_user, signed_in, words
from tests.workbook_samples import POOL
from wanzhou_eval.models import Role

pytestmark = pytest.mark.django_db
LIST = "/y/2022/experts/"


def send(client: Any, data: bytes) -> Any:
    return client.post(f"{LIST}import/", {"file": SimpleUploadedFile(Path(POOL).name, data)})


def test_the_pool_comes_in_through_the_page() -> None:
    desk = signed_in(make_user(Role.BUREAU))
    answer = send(desk, POOL.read_bytes())
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    page = words(desk.get(LIST))
    assert "专家库已导入：新增26，修改0，不变0。" in page
    for name in ("曾有为", "夏宇", "冉燕"):
        assert name in page


def test_a_file_that_is_no_pool_is_a_sentence() -> None:
    desk = signed_in(make_user(Role.BUREAU))
    assert send(desk, b"%PDF-1.7").status_code == 422
    assert desk.post(f"{LIST}import/", {"sent": "1"}).status_code == 422
    assert not Expert.objects.exists()


def test_telephone_numbers_are_for_those_who_call() -> None:
    desk = signed_in(make_user(Role.BUREAU))
    send(desk, POOL.read_bytes())
    phone = Expert.objects.exclude(phone="")[0].phone
    assert phone in words(desk.get(LIST))
    assert phone not in words(signed_in(make_user(Role.LEADER)).get(LIST))
    assert phone not in words(signed_in(make_user(Role.AUDITOR)).get(LIST))


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.AUDITOR])
def test_other_staff_read_and_change_nothing(role: Role) -> None:
    reader = signed_in(make_user(role))
    assert reader.get(LIST).status_code == 200
    assert send(reader, POOL.read_bytes()).status_code == 403
    assert not Expert.objects.exists()
