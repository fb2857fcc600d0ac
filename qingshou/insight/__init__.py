"""Insight (驾驶舱): dashboards and reports over the state and its history."""
