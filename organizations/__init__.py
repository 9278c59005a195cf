"""Social organizations, the communities they work with (endogenous or exogenous to each), venture-philanthropy projects."""
