"""The command line with sockets that gevent has made cooperative: `load` begins anew here."""

from __future__ import annotations

import sys

from gevent import monkey

monkey.patch_all()

from conformance.cli.main import main  # noqa: E402 - nothing may have used a socket before

if __name__ == "__main__":
    sys.exit(main())
