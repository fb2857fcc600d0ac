"""Addresses of contact."""

from django.urls import path

from qingshou.contact.pages import promises, record

app_name = "contact"
urlpatterns = [
    path("households/<int:pk>/contact/", record.ask, name="record"),
    path("contacts/<int:guard_id>/outcome/", record.outcome, name="outcome"),
    path("contacts/<str:contact_no>/correct/", record.correct, name="correct"),
    path("promises/", promises.index, name="promises"),
]
