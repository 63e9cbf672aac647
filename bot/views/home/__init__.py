"""App Home of one person: what is theirs, what waits for them, and what it costs."""

from bot.views.home.builder import home_view
from bot.views.home.choices import Choice, read_choice
from bot.views.home.nouns import Home, Lot, Part, Purse, Review

__all__ = ["Choice", "Home", "Lot", "Part", "Purse", "Review", "home_view", "read_choice"]
