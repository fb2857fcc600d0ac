"""What an action of the audit trail is called; each room names its own in its ``nav.py`` or ``panels.py``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_names: dict[str, Any] = {}


def name_actions(names: dict[str, Any]) -> None:
    """Add labels (lazy translations) by action."""
    _names.update(names)


def action_label(action: str) -> Any:
    """The label of an action, or '' for one that no room has named."""
    return _names.get(action, "")


name_actions({
    "access.sign_in": _("登录"),
    "access.sign_out": _("退出"),
    "access.unmask": _("查看敏感信息"),
    "access.unit.create": _("新增机构"),
    "access.unit.rename": _("机构更名"),
    "access.unit.close": _("撤销机构"),
    "access.user.create": _("新增用户"),
    "access.user.describe": _("修改用户资料"),
    "access.user.deactivate": _("停用用户"),
    "access.user.reactivate": _("恢复用户"),
    "access.user.unlock": _("解除登录锁定"),
    "access.posting.start": _("新增任职"),
    "access.posting.end": _("结束任职"),
    "access.password.set": _("重置密码"),
    "access.password.change": _("修改密码"),
    "access.view.save": _("保存视图"),
    "access.view.delete": _("删除视图"),
    "store.backup": _("备份"),
    "store.restore": _("从备份恢复"),
    "store.export": _("导出全部数据"),
    "demo.build": _("填入演示行"),
    "access.token.make": _("新增接口密钥"),
    "access.token.revoke": _("吊销接口密钥"),
})
