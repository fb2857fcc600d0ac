"""Policy: law and bank rules as dated data, each value beside its source. No Django, no clock."""

from qingshou.policy.loader import Policy, PolicyError, Rule, Rules, load

__all__ = ["Policy", "PolicyError", "Rule", "Rules", "load"]
