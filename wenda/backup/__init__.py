"""Backups of a home: one file, made while the home is in use, and a home made from it elsewhere."""
