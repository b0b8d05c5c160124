"""Outside results that the tests compare with, frozen as literals; see README.md."""
