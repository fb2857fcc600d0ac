"""Every refusal of the API is ``{"errors": [...]}`` in words, one reason an entry; never a traceback."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as SchemaError

from qingshou.calculators.refusals import InputRefused, explain_items

logger = logging.getLogger(__name__)


def install(api: NinjaAPI) -> None:
    """Register how each kind of error is answered."""

    def answer(kind: type[Exception], status: int, reasons: Any) -> None:
        def handle(request: HttpRequest, error: Any) -> HttpResponse:
            return api.create_response(request, {"errors": reasons(error)}, status=status)

        api.add_exception_handler(kind, handle)

    answer(AuthenticationError, 401, lambda error: [_("请登录，或在 Authorization 头中带上有效的密钥。")])
    answer(PermissionDenied, 403, lambda error: [str(error) or _("没有此项权限。")])
    answer(ObjectDoesNotExist, 404, lambda error: [_("没有找到。")])
    answer(Http404, 404, lambda error: [_("没有找到。")])
    answer(InputRefused, 422, lambda error: error.reasons)
    answer(SchemaError, 422, lambda error: [str(reason) for reason in explain_items(error.errors, skip=2)])
    answer(ValidationError, 422, by_field)

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        reasons = {400: _("请求体不是有效的 JSON。"), 403: _("缺少或不符的 CSRF 令牌。")}
        return api.create_response(request, {"errors": [reasons.get(error.status_code, str(error))]}, status=error.status_code)

    api.add_exception_handler(HttpError, http)

    def broken(request: HttpRequest, error: Any) -> HttpResponse:
        logger.exception("%s %s", request.method, request.path)
        return api.create_response(request, {"errors": [_("内部错误，没有保存任何改动。")]}, status=500)

    api.add_exception_handler(Exception, broken)


def by_field(error: ValidationError) -> list[str]:
    """The messages of a ValidationError, each beginning with its field where it has one."""
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    return [message if name == NON_FIELD_ERRORS else f"{name}: {message}"
            for name, messages in error.message_dict.items() for message in messages]
