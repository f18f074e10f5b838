"""Reading one yearly salary in US dollars out of an answer: the rules stand in `yearly`."""

from bias_tasks.salary.parse.yearly import PLAUSIBLE, Pay, read_salary, yearly_salary

__all__ = ["PLAUSIBLE", "Pay", "read_salary", "yearly_salary"]
