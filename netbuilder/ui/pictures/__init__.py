"""Graphs as pictures: small ones of whole projects, files of them, and paper."""
