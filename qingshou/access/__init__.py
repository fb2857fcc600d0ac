"""Access: who may see and do what, and the audit chain."""
