#!/bin/bash
# Makes a database cluster on the first start and then serves it. It reads the variables that the public image's
# entrypoint reads: POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE (one is required), POSTGRES_USER, POSTGRES_DB, PGDATA.
set -euo pipefail

initialise() {
  local user=${POSTGRES_USER:-postgres}
  local password=${POSTGRES_PASSWORD:-}
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then password=$(<"$POSTGRES_PASSWORD_FILE"); fi
  if [ -z "$password" ]; then
    echo 'The database has no password: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE.' >&2
    exit 1
  fi
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" 2>/dev/null || true # the volume may belong to another user of our group
  initdb --pgdata="$PGDATA" --username="$user" --pwfile=<(printf '%s\n' "$password") \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"

  # Served on a local socket only until all is made, so that nobody meets a database that is half-way there.
  pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses=''" --wait start
  local database=${POSTGRES_DB:-$user}
  if [ "$database" != postgres ]; then createdb --username="$user" "$database"; fi
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

if [ "${1:-}" = postgres ]; then
  if [ ! -s "$PGDATA/PG_VERSION" ]; then initialise; fi
  set -- "$@" -c listen_addresses='*'
fi
exec "$@"
