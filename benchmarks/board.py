"""What one more record costs a steward's board that is kept up to date, beside a board made from the whole log again.

    python benchmarks/board.py [--short]

The night of `benchmarks/desk.py`: 25,000 photos whose readings are doubtful, half of them keyed by two people, and then
records that come one by one. The limit is the fold of the whole log. Medians; the cases take turns, and say the same.
"""

import sys

from desk import compared

from testigo.flows.board import board
from testigo.flows.board_kept import KeptBoard

if __name__ == "__main__":
    sys.exit(compared(KeptBoard, board))
