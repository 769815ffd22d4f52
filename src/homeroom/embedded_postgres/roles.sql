-- The two roles of Homeroom and what each may do. Run as superuser, connected to the database that is to be Homeroom's.
-- It may be run again at any time. Neither role is a superuser, and row-level security holds for both.
do $$
begin
    if not exists (select from pg_roles where rolname = 'homeroom_owner') then
        create role homeroom_owner login nosuperuser nocreatedb nocreaterole nobypassrls;
    end if;
    if not exists (select from pg_roles where rolname = 'homeroom_app') then
        create role homeroom_app login nosuperuser nocreatedb nocreaterole nobypassrls;
    end if;
    execute format('alter database %I owner to homeroom_owner', current_database());
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect, temporary on database %I to homeroom_app', current_database());
end
$$;

revoke all on schema public from public;
grant usage, create on schema public to homeroom_owner;
grant usage on schema public to homeroom_app;

-- homeroom_app changes rows and nothing else: it cannot truncate, refer to, or alter what homeroom_owner makes.
alter default privileges for role homeroom_owner in schema public
    grant select, insert, update, delete on tables to homeroom_app;
alter default privileges for role homeroom_owner in schema public
    grant usage, select on sequences to homeroom_app;
