"""The survey of the culture domain: questions of everyday attitudes, and frames that put them."""
