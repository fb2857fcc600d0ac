"""What the portfolio tells the shell and the unmasking: the bank's date, the sources of personal data."""

from qingshou.access import unmasking
from qingshou.portfolio import personal
from qingshou.portfolio.queries.business import business_date
from qingshou.web import slots

slots.provide("shell.business_date", business_date)
unmasking.source("party", personal.party_value)
unmasking.source("relation", personal.relation_value)
unmasking.source("contact_point", personal.contact_point_value)
