"""Backups of a home: one file that is made while it is used, and a home made of it elsewhere."""
