#!/bin/sh
# Run once by the database's first start: the two roles and the database. Names and passwords come from the two URLs.
set -eu
part() { sed -n "s#^postgres[a-z]*://\([^:]*\):\([^@]*\)@.*#\\$2#p" "/run/secrets/$1"; }
psql -v ON_ERROR_STOP=1 -U postgres \
  -v owner="$(part owner_url 1)" -v owner_password="$(part owner_url 2)" \
  -v app="$(part app_url 1)" -v app_password="$(part app_url 2)" <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"app" LOGIN PASSWORD :'app_password';
CREATE DATABASE goldidea OWNER :"owner";
\c goldidea
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE, SELECT ON SEQUENCES TO :"app";
ALTER SCHEMA public OWNER TO :"owner";
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
