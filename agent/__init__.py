"""figwright: reads a legacy repository and writes a modernization plan in which every claim carries its evidence."""

__version__ = "0.1.0"
