"""The layouts that tasks come in: each reader makes drafts of folders or lines."""
