"""See _sysconfigdata_baton."""

from _sysconfigdata_baton import build_time_vars
