"""Audits of augmented data: whom it is about, its writer's values, its distance from real data."""
