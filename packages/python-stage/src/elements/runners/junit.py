"""Writes JUnit reports."""

from xml.etree import ElementTree


def clean(text):
    """`text` without the characters that XML 1.0 does not allow."""
    return "".join(
        each
        for each in text
        if each in "\t\n\r" or " " <= each <= "\ud7ff" or "\ue000" <= each <= "\ufffd" or each > "\uffff"
    )


def write(path, name, cases, seconds):
    """Write the report of one suite, whose `cases` are `testcase` elements."""
    kinds = [part.tag for case in cases for part in case]
    suites = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(
        suites,
        "testsuite",
        name=clean(name),
        tests=str(len(cases)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time="%.3f" % seconds,
    )
    suite.extend(cases)
    ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
