"""``python -m rasterbout``."""

from rasterbout.cli import main

if __name__ == "__main__":
    main()
