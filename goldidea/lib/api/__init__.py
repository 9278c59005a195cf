"""What every address under /api/ shares: problems (RFC 9457), paging by cursor, counted requests, scopes, the description.

It knows no app: who a token is for, and what may be read, is said in the apps' own `api`.
"""
