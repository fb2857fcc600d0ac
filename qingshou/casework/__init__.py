"""Casework: findings, segments, paths, tasks, assignment, holds, today."""
