"""`python -m invoices`."""

import sys

from .cli import main

sys.exit(main())
