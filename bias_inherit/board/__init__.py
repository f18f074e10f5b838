"""A static leaderboard over folders that the harness wrote.

`runs` reads them, `leagues` sets apart what was not scored alike, `ranks` says which ranks a model may have,
`standings` brings the three together, `page` and `exports` write what they found.
"""
