"""Invoices from JSON files."""

from .invoice import Invoice
from .line import Line

__version__ = "1.4.0"
__all__ = ["Invoice", "Line", "__version__"]
