"""Renderings of result documents."""
