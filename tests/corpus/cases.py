"""All cases, by subject and name."""

from __future__ import annotations

from tests.corpus import command_line, data, models, objectives, runs, search, space, yaml_text

#: `subject: name` -> the case.
CASES = {
    f"{module.__name__.rpartition('.')[2]}: {name}": case
    for module in (yaml_text, space, search, objectives, data, models, runs, command_line)
    for name, case in module.CASES.items()
}
