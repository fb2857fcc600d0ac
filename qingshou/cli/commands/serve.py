"""qingshou serve: the web server and the background worker, stopped together."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAME = "serve"
HELP = gettext_lazy("启动网页服务和后台处理")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=_("监听地址（默认 127.0.0.1）"))
    parser.add_argument("--port", type=int, default=8000, help=_("端口（默认 8000）"))
    parser.add_argument("--workers", type=int, default=2, help=_("网页进程数（默认 2）"))
    parser.add_argument("--no-worker", action="store_true", help=_("不启动后台处理（在别处运行 qingshou work 时用）"))


def run(arguments: argparse.Namespace) -> int:
    from django.db import connections

    from qingshou.access.permissions import SYSTEM
    from qingshou.cli import supervise
    from qingshou.cli.output import show
    from qingshou.portfolio.services.calendar import fill_calendar

    _refuse_unfit(arguments)
    fill_calendar(user=SYSTEM)  # a year that was published since the last start
    children = {"web": supervise.web(arguments.host, arguments.port, arguments.workers)}
    if not arguments.no_worker:
        children["worker"] = supervise.background()
    connections.close_all()  # what was looked up above; the children open their own
    url = f"http://{arguments.host}:{arguments.port}"
    show({"url": url}, as_json=arguments.json, lines=[_("清收已启动：%(url)s （按 Ctrl+C 停止）") % {"url": url}])
    return supervise.run(children)


def _refuse_unfit(arguments: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.checks.urls import check_resolver
    from django.urls import get_resolver

    from qingshou.access.models import User
    from qingshou.access.queries.demo import is_demo_store
    from qingshou.cli.output import Refused
    from qingshou.cli.stores import require_store
    from qingshou.cli.supervise import port_is_free
    from qingshou.store.policy import current_policy

    require_store()
    demo = is_demo_store()
    if demo and settings.MODE == "production":
        raise Refused(_("这是演示行的库，账号密码是公开的，不能在正式模式下提供服务。演示请设 QINGSHOU_MODE=demo。"))
    if not demo and settings.MODE == "demo":
        raise Refused(_("这不是演示行的库，不能在演示模式下提供服务：演示模式不校验访问地址。请去掉 QINGSHOU_MODE=demo。"))
    if not User.objects.filter(is_active=True).exists():
        raise Refused(_("还没有任何用户，无人能登录：请先用 qingshou user add 建立系统管理员。"))
    # Pages that cannot be loaded and policy files that cannot be used are told now, not to the first user.
    check_resolver(get_resolver())
    current_policy()
    if not port_is_free(arguments.host, arguments.port):
        raise Refused(_("%(host)s:%(port)d 已被占用，或不是本机地址；可用 --port 换一个端口。") % {
            "host": arguments.host, "port": arguments.port})
