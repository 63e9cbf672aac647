"""At the end: every account has exactly what the ended runs used, and nothing is held any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from jobs.domain.budget import Spend
from jobs.domain.event import Event
from jobs.domain.ledger import Amounts, BudgetTable, Measure, spend_amounts
from jobs.domain.task import Task
from jobs.queue import accounts
from jobs.queue.budget import Ledger
from jobs.queue.store import Store

Run = tuple[Task, Event]
"""A task, and the last event of one of its runs."""


async def ledger_faults(store: Store, runs: Iterable[Run]) -> list[str]:
    """What is wrong with the ledger, one sentence each."""
    ledger = Ledger(store, BudgetTable())
    wanted: dict[str, Amounts] = defaultdict(lambda: dict.fromkeys(Measure, 0))
    for task, last in runs:
        used = spend_amounts(Spend.model_validate(last.facts.get("spend") or {}))
        # as on the day the run ended; the account was chosen when it began, in the same month
        for account in ledger.accounts_of(task, last.at):
            total = wanted[account.name]
            wanted[account.name] = {measure: total[measure] + used[measure] for measure in Measure}
    return [*await _held(store), *await _different(ledger, wanted)]


async def _held(store: Store) -> list[str]:
    left = await store.connection.call("SMEMBERS", accounts.HELD)
    return [f"money is still held for {run.decode()}" for run in sorted(left)]


async def _different(ledger: Ledger, wanted: Mapping[str, Amounts]) -> list[str]:
    names = sorted(wanted)
    found = zip(names, await ledger.balances(names), strict=True)
    faults = []
    for name, balance in found:
        if balance.spent != wanted[name]:
            faults.append(f"account {name}: {balance.spent} spent, its runs used {wanted[name]}")
        if any(balance.held.values()):
            faults.append(f"account {name}: {balance.held} is still held")
    return faults
