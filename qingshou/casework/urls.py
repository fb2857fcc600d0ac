"""Addresses of casework."""

from django.urls import path

from qingshou.casework.pages import assign, household, today

app_name = "casework"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/next/", today.start_next, name="next"),
    path("today/export/", today.export, name="export"),
    path("today/<int:pk>/", today.preview, name="preview"),
    path("households/<int:pk>/finding/", household.finding, name="finding"),
    path("households/<int:pk>/task/", household.new_task, name="new_task"),
    path("households/<int:pk>/hold/", household.hold, name="hold"),
    path("households/<int:pk>/hand-over/", household.hand_over, name="hand_over"),
    path("holds/<int:pk>/lift/", household.lift, name="lift"),
    path("tasks/<int:pk>/", household.task, name="task"),
    path("assignments/", assign.assignments, name="assignments"),
]
