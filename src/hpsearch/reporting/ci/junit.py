"""Gates as the test cases of a JUnit report, which GitLab, Jenkins and others show. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from hpsearch.core.escaping import printable
from hpsearch.core.gate import Gate

#: No document may hold these, however they are written (XML 1.0, section 2.2).
_NO_CHARACTER = re.compile("[\ufffe\uffff]")


def junit(name: str, gates: Sequence[Gate], error: str = "") -> str:
    """A case per gate, and one for the search itself where it ended with an `error`."""
    suite = ElementTree.Element("testsuite", name=_text(f"hpsearch {name}"))
    for gate in gates:
        case = _case(suite, name, gate.name)
        if gate.passed:
            ElementTree.SubElement(case, "system-out").text = _text(gate.text)
        else:
            ElementTree.SubElement(case, "failure", message=_text(gate.text)).text = _text(gate.text)
    if error:
        case = _case(suite, name, "search")
        ElementTree.SubElement(case, "error", message=_text(error)).text = _text(error)
    failed = sum(not gate.passed for gate in gates)
    counts = {"tests": len(gates) + bool(error), "failures": failed, "errors": int(bool(error))}
    suite.attrib.update({what: str(count) for what, count in counts.items()})
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"


def _case(suite: ElementTree.Element, name: str, what: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=_text(f"hpsearch.{name}"), name=what)


def _text(text: str) -> str:
    return _NO_CHARACTER.sub("?", printable(text))
