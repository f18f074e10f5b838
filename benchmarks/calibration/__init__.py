"""Simulated models of known truth: do intervals hold it, and do tests call what is not there?"""
