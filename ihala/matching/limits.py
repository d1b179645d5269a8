"""Numbers that several parts of matching share; most see to it that nobody finds out anything by asking often."""

MOST_A_DAY, MOST_A_PERSON = 6, 3
"""Questions whether a survivor is known, by one organisation to another on one day, and by one person of it."""
TOLD_FROM, ROUNDED_TO = 5, 5
"""A joint count is told from here on, and rounded to a multiple: one person more or less mostly changes nothing."""
MOST_TRIES = 3
"""A count that broke off may be tried again so often, and no more: the numbers could have changed meanwhile."""
PHONE_DIGITS = 9
"""The last digits tell a telephone whatever is dialled before them."""
