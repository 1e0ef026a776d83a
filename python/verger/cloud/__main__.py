"""`python -m verger.cloud`."""

import sys

from verger.cloud.main import main

if __name__ == "__main__":
    sys.exit(main())
