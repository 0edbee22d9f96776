"""What a run that goes on does with the violations that earlier attempts have seen."""

from conformance.core.errors import ConformanceError
from conformance.engine.confirm import Confirmation
from conformance.engine.minimize import minimize
from conformance.engine.run import Run
from conformance.evidence import record
from conformance.evidence.findings import Example, Findings
from conformance.evidence.redaction import Redact, ours, redacted


def mark_confirmed(findings: Findings, confirmation: Confirmation) -> None:
    """Note the kinds of violation that were repeated and made small already."""
    for requirement, finding in findings.by_requirement.items():
        for example in finding.examples:
            if _is_repeated(example):
                confirmation.mark_confirmed(requirement, example["fingerprint"])


def repeat(run: Run, findings: Findings, confirmation: Confirmation, redact: Redact) -> None:
    """Repeat what an earlier attempt saw violated, and was cut short before it could.

    Raises:
        ConformanceError: the run cannot go on.

    """
    seen = [(name, finding) for name, finding in findings.by_requirement.items() if finding.examples]
    for requirement, finding in seen:
        example = finding.examples[0]
        if _is_repeated(example):
            continue
        run.begin(f"again/{requirement}")
        confirmation.mark_confirmed(requirement, example["fingerprint"])
        try:
            smaller = minimize(run, requirement, record.as_counterexample(example, run.api.by_name))
            repeated = record.counterexample_record(smaller, redact, fingerprint=example["fingerprint"])
            finding.examples[0] = redacted(repeated, redact)
        except ConformanceError:
            raise
        except Exception as error:  # noqa: BLE001 - repeating a counterexample is no reason to lose it, or others
            finding.errors.append(f"its counterexample was not repeated: {type(error).__name__}: {ours(redact, str(error))}")


def _is_repeated(example: Example) -> bool:
    return example["reproduced"] is not None
