"""Contact (催收作业): every outreach and what came of it, promises, and the conduct guard's gate."""
