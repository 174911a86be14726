"""``python -m pipeline.score``."""

import sys

from pipeline.score import main

if __name__ == "__main__":
    sys.exit(main())
