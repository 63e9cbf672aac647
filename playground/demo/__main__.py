"""The entry: everything heavy is loaded where Ctrl-C already ends in a status, not in a traceback."""

import sys


def main() -> int:
    """Exit status 0 when every criterion is proven, 1 when not, 4 when it stopped, 130 after Ctrl-C."""
    try:
        from playground.demo.run import run

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
