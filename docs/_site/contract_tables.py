"""Write the tables of requirements into the contract's document: `python docs/_site/contract_tables.py`."""

from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.requirements import requirements
from conformance.core import resources
from conformance.core.whole_files import write_whole
from conformance.evidence.requirement_tables import filled

if __name__ == "__main__":
    file = resources.find(CONTRACT.text_file or "")
    write_whole(file, filled(file.read_text("utf-8"), requirements()))
