"""`python -m conformance.cli` is the command line."""

import sys

from conformance.cli.main import main

sys.exit(main())
