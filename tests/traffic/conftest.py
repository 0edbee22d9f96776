"""The maker of HAR files is found from here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
