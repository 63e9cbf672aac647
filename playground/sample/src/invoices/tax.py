"""Value added tax, per rate."""

from decimal import Decimal

from .money import total

RATES = {
    "standard": Decimal("0.19"),
    "reduced": Decimal("0.07"),
    "small": Decimal("0.05"),
    "none": Decimal("0"),
}


def tax(net, rate):
    """The tax on a net amount at a named rate, in cents."""
    return round(net * RATES[rate], 2)


def by_rate(lines):
    """Each rate that occurs, with its net amount and its tax, highest rate first."""
    nets = {}
    for line in lines:
        nets.setdefault(line.vat, []).append(line.total)
    ordered = sorted(nets, key=lambda rate: RATES[rate], reverse=True)
    return [(rate, total(nets[rate]), tax(total(nets[rate]), rate)) for rate in ordered]


def percent(rate):
    """A named rate as people write it."""
    return f"{(RATES[rate] * 100).normalize():f}%"
