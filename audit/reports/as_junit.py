"""The report as JUnit XML, for test dashboards: drift fails, what could not be read is an error, a waiver skips."""

from xml.etree import ElementTree as ET

from audit.model import NO_ANSWERS, Drift, Report
from audit.reports.inert import visible


def render(report: Report) -> str:
    """Writes one test case a finding, and one a resource type without any."""
    cases = [_case(f) for f in report.findings]
    troubled = {f.subject.type for f in report.findings}
    cases += [
        ET.Element("testcase", classname=kind, name=f"{count} in sync", time="0")
        for kind, count in sorted(report.resources.items())
        if kind not in troubled
    ]
    suite = ET.Element(
        "testsuite",
        name=f"storage audit of {report.stack}",
        tests=str(len(cases)),
        failures=str(sum(c.find("failure") is not None for c in cases)),
        errors=str(sum(c.find("error") is not None for c in cases)),
        skipped=str(sum(c.find("skipped") is not None for c in cases)),
        time=f"{report.run.seconds:.3f}",
        timestamp=report.run.started.removesuffix("Z"),
    )
    suite.extend(cases)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _case(finding: Drift) -> ET.Element:
    case = ET.Element("testcase", classname=finding.subject.type, name=visible(str(finding.subject)), time="0")
    message = visible(f"expected {finding.expected}, found {finding.found}")
    if finding.waiver:
        ET.SubElement(case, "skipped", message=visible(f"waived until {finding.waiver.expires}: {message}"))
        return case
    tag = "error" if finding.status in NO_ANSWERS else "failure"
    detail = ET.SubElement(case, tag, message=message, type=str(finding.status))
    detail.text = visible(f"{finding.why} Put back: {finding.put_back}. Accept: {finding.accept}.")
    return case
