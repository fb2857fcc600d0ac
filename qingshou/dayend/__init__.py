"""Day end (日终): gather frames from the rooms, step the engine, hand frames back."""
