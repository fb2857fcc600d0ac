"""Addresses of the portfolio. A loan's number may hold any character, so its pages end in a word of their own."""

from django.urls import path

from qingshou.portfolio.pages import households, imports, loans, payment, posting, search

app_name = "portfolio"
urlpatterns = [
    path("households/", households.households, name="households"),
    path("households/export/", households.export_households, name="households_export"),
    path("households/<int:pk>/", households.household, name="household"),
    path("households/<int:pk>/payment/", payment.payment, name="payment"),
    path("loans/", households.loans, name="loans"),
    path("loans/export/", households.export_loans, name="loans_export"),
    path("loans/<path:loan_no>/statement/", loans.statement, name="statement"),
    path("loans/<path:loan_no>/statement.pdf", loans.statement_as_pdf, name="statement_pdf"),
    path("loans/<path:loan_no>/statement.xlsx", loans.statement_as_xlsx, name="statement_xlsx"),
    path("loans/<path:loan_no>/enter/", posting.enter, name="enter"),
    path("loans/<path:loan_no>/confirm/", posting.confirm, name="confirm"),
    path("loans/<path:loan_no>/level/", loans.decide_level, name="level"),
    path("loans/<path:loan_no>/", loans.loan, name="loan"),
    path("imports/", imports.index, name="imports"),
    path("imports/template.xlsx", imports.template, name="import_template"),
    path("imports/run/<str:token>/", imports.run, name="import_run"),
    path("imports/run/<str:token>/rejects.csv", imports.run_rejects, name="import_run_rejects"),
    path("imports/<int:pk>/", imports.batch, name="import_batch"),
    path("imports/<int:pk>/rejects.csv", imports.batch_rejects, name="import_rejects"),
    path("search/", search.find, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
]
