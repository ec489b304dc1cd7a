"""Barcodes: check digits and the pattern that goes to the label printer."""
import string

from stockroom import util

# Code 39, narrow = 0, wide = 1, nine bars per character
CODE39 = {
    '0': 0x034, '1': 0x121, '2': 0x061, '3': 0x160, '4': 0x031, '5': 0x130, '6': 0x070, '7': 0x025, '8': 0x124,
    '9': 0x064, 'A': 0x109, 'B': 0x049, 'C': 0x148, 'D': 0x019, 'E': 0x118, 'F': 0x058, 'G': 0x00D, 'H': 0x10C,
    'I': 0x04C, 'J': 0x01C, 'K': 0x103, 'L': 0x043, 'M': 0x142, 'N': 0x013, 'O': 0x112, 'P': 0x052, 'Q': 0x007,
    'R': 0x106, 'S': 0x046, 'T': 0x016, 'U': 0x181, 'V': 0x0C1, 'W': 0x1C0, 'X': 0x091, 'Y': 0x190, 'Z': 0x0D0,
    '-': 0x085, '*': 0x094,
}


def valid(code):
    if len(code) not in (8, 13) or util.only_digits(code) != code:
        return 0
    return util.check_digit(code[:-1]) == int(code[-1])


def complete(number):
    """7 or 12 digits and the check digit. Takes numbers too, leading zeros are lost then."""
    number = str(number)
    if len(number) <= 7:
        number = string.zfill(number, 7)
    else:
        number = string.zfill(number, 12)
    return number + `util.check_digit(number)`


def bars(text):
    """'nwn...' for the printer"""
    out = []
    for c in '*' + string.upper(text) + '*':
        if not CODE39.has_key(c):
            raise ValueError, 'no bars for %r' % c
        pattern = CODE39[c]
        out.append(''.join([(pattern >> (8 - i)) & 1 and 'w' or 'n' for i in xrange(9)]))
    return 'n'.join(out)


def packed_bars(text):
    """The same as bytes, eight bars a byte, the last one filled with zeros"""
    bits = bars(text).replace('n', '0').replace('w', '1')
    while len(bits) % 8:
        bits = bits + '0'
    return ''.join([chr(int(bits[i:i + 8], 2)) for i in range(0, len(bits), 8)])
