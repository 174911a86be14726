"""Officials: people named with a position, and what they do in the clause that names them.

The way of a passage (``extractor``): titles are found and grown into chains ("Bí thư Đảng đoàn, Chủ tịch …", each with
its body), names are found beside honorifics and chains (``names``), chains are given to the names beside them
(``holders``) or over a verb of election (``elections``), and each person gets the roles that the words around state
(``roles``). What is found stands in ``findings``, for the next step to look at; ``links`` has the words between names
that several steps ask about. All words are data of ``rules/official``.
"""

from pipeline.extract.people.extractor import PeopleExtractor

__all__ = ["PeopleExtractor"]
