"""What a run that goes on does with the violations that earlier attempts have seen."""

from conformance.core.errors import ConformanceError
from conformance.engine.confirm import Confirmation
from conformance.engine.minimize import minimize
from conformance.engine.run import Run
from conformance.evidence import record
from conformance.evidence.findings import Findings
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Example


def mark_confirmed(findings: Findings, confirmation: Confirmation) -> None:
    """Note the kinds of violation that were repeated and made small already."""
    for requirement, finding in findings.by_requirement.items():
        for example in finding.examples:
            if _is_repeated(example):
                confirmation.mark_confirmed(requirement, example.fingerprint or "")


def repeat(run: Run, findings: Findings, confirmation: Confirmation, redactor: Redactor) -> None:
    """Repeat what an earlier attempt saw violated, and was cut short before it could.

    Raises:
        ConformanceError: the run cannot go on.

    """
    seen = [(name, finding.examples[0]) for name, finding in findings.by_requirement.items() if finding.examples]
    for requirement, example in seen:
        if _is_repeated(example):
            continue
        run.begin_own(f"again/{requirement}")
        confirmation.mark_confirmed(requirement, example.fingerprint or "")
        try:
            smaller = minimize(run, requirement, record.as_counterexample(example, run.api.by_name)).counterexample
            findings.repeated(requirement, record.counterexample_record(smaller, redactor, fingerprint=example.fingerprint))
        except ConformanceError:
            raise
        except Exception as error:  # noqa: BLE001 - repeating a counterexample is no reason to lose it, or others
            message = redactor.ours(f"{type(error).__name__}: {error}")
            findings.crashed(requirement, f"its counterexample was not repeated: {message}")


def _is_repeated(example: Example) -> bool:
    return example.reproduced is not None
