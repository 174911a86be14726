"""Positions: titles, the bodies behind them, and the names that follow, of which `people` makes officials.

A title is a seat once its body is read (``titles``), seats of one person are a chain (``chains``); both are defined in
``seats``. A body is read word by word (``bodies``); where its last capitals are the holder's, ``endings`` weighs. A
name that begins at a known place, ``names`` reads. ``words`` has what all of them ask about; `Reader` (``reader``) puts
them together for one text. All words are data of ``rules/official``.
"""

from pipeline.extract.positions.reader import Reader
from pipeline.extract.positions.seats import Chain, Seat

__all__ = ["Chain", "Reader", "Seat"]
