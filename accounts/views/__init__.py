"""Views, one module an audience: find, permit, parse, act, answer."""
