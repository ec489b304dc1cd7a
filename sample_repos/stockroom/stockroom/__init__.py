# Stockroom - warehouse of Tarrant Electrical, Poole
__version__ = '2.11'
