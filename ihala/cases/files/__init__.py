"""Cleaning of files: what survives is the picture or the pages, nothing that tells who made them, where or with what.

Plain functions of bytes without Django. They run in a process of their own (`clean.py`), because a file can come from
the person of concern: it must neither crash nor slow the server, nor sit in the memory that holds opened content.
"""
