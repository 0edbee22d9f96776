"""Write the tables of requirements into the documents of all editions of the contract: `python docs/_site/contract_tables.py`."""

from conformance.core import resources
from conformance.core.whole_files import write_whole
from conformance.evidence.requirement_tables import filled
from conformance.runner import contracts

if __name__ == "__main__":
    for contract in contracts.family(contracts.DEFAULT):
        file = resources.find(contract.text_file or "")
        write_whole(file, filled(file.read_text("utf-8"), contract.api.requirements))
