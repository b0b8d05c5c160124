"""``python -m proba`` is the ``proba`` command."""

from proba.cli import main

if __name__ == "__main__":
    main()
