"""Addresses of access."""

from django.urls import path

from qingshou.access.pages import account, rules, saved_views, sign_in, trail, units, unmask, users

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("account/", account.account, name="account"),
    path("users/", users.index, name="users"),
    path("users/new/", users.new, name="user_new"),
    path("users/roles/", users.roles, name="roles"),
    path("users/<int:pk>/", users.show, name="user"),
    path("users/<int:pk>/describe/", users.describe, name="user_describe"),
    path("users/<int:pk>/postings/", users.post, name="user_post"),
    path("users/<int:pk>/postings/<int:posting_pk>/end/", users.end_posting, name="posting_end"),
    path("users/<int:pk>/password/", users.set_password, name="user_password"),
    path("users/<int:pk>/deactivate/", users.deactivate, name="user_deactivate"),
    path("users/<int:pk>/reactivate/", users.reactivate, name="user_reactivate"),
    path("users/<int:pk>/unlock/", users.unlock, name="user_unlock"),
    path("units/", units.index, name="units"),
    path("units/<int:pk>/", units.show, name="unit"),
    path("units/<int:pk>/rename/", units.rename, name="unit_rename"),
    path("units/<int:pk>/close/", units.close, name="unit_close"),
    path("audit/", trail.entries, name="audit"),
    path("unmaskings/", trail.unmaskings, name="unmaskings"),
    path("unmask/", unmask.unmask, name="unmask"),
    path("views/", saved_views.save, name="view_save"),
    path("views/<int:pk>/delete/", saved_views.delete, name="view_delete"),
    path("policy/", rules.policy, name="policy"),
]
