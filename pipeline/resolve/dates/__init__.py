"""Gives dates their years: from the date stamp, else from what the article opens, reviews, plans or celebrates.

No ground, no year: a date that nothing fixes keeps null ends and the basis ``none``. `surroundings` reads the words
around a date, `grounds` finds what fixes the year where no stamp does, `windows` says where the day then lies,
`resolver` dates each mention, `days` counts.
"""

from pipeline.resolve.dates.resolver import DATE_CONFLICT, ResolvedDate, resolve_dates

__all__ = ["DATE_CONFLICT", "ResolvedDate", "resolve_dates"]
