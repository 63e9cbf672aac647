"""`python -m bench.chaos [tasks] [seed]`: see plan.py for what else could be set."""

import asyncio
import sys

from bench.chaos.plan import Plan
from bench.chaos.run import chaos


def main() -> int:
    """Exit status 0 when nothing was lost or doubled, 2 for words that are no numbers."""
    if not all(word.isdecimal() and int(word) > 0 for word in sys.argv[1:3]) or len(sys.argv) > 3:
        print("usage: python -m bench.chaos [tasks] [seed], both above 0", file=sys.stderr)
        return 2
    numbers = [int(word) for word in sys.argv[1:]]
    tasks = numbers[0] if numbers else Plan.tasks
    seed = numbers[1] if len(numbers) > 1 else Plan.seed
    return asyncio.run(chaos(Plan(tasks=tasks, seed=seed, full=max(1, tasks // 12))))


if __name__ == "__main__":
    sys.exit(main())
