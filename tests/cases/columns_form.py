"""The form of 列对应 as its page shows it."""

import re
from typing import Any


def filled(page: Any) -> dict[str, str]:
    """The form as it stands on the page, as a browser would send it."""
    html = page.content.decode()
    form: dict[str, str] = {}
    for select in re.findall(r"<select.*?</select>", html, re.DOTALL):
        name = re.search(r'name="(c\d+_\d+)"', select)
        chosen = re.search(r'value="(\w*)"\s*selected', select)
        if name:
            form[name[1]] = chosen[1] if chosen else ""
    for tag in re.findall(r"<input.*?>", html, re.DOTALL):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="(\w*)"', tag)
        if name and 'form="columns"' in tag and ("checkbox" not in tag or "checked" in tag):
            form[name[1]] = value[1] if value else "on"
    return form
