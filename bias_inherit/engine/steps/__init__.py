"""The four kinds of step: each reads its parents' artifacts and fills its own work folder."""
