#!/bin/sh
# Run once by PostgreSQL's image, after roles.sql: gives the two roles their passwords.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner="$HOMEROOM_OWNER_PASSWORD" --set app="$HOMEROOM_APP_PASSWORD" <<'SQL'
alter role homeroom_owner password :'owner';
alter role homeroom_app password :'app';
SQL
