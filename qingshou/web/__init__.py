"""Web: shell, navigation, components, charts. Knows no business room."""
