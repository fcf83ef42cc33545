-- For local use: a customer who can sign in as customer@example.com with "local-password", and
-- their service request with three providers to try things on.
insert into auth.users (
  id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
  confirmation_token, recovery_token, email_change, email_change_token_new, created_at, updated_at
)
values (
  '33333333-3333-4333-8333-333333333333', 'authenticated', 'authenticated', 'customer@example.com',
  extensions.crypt('local-password', extensions.gen_salt('bf')), now(),
  '{"provider": "email", "providers": ["email"]}', '{}',
  '', '', '', '', now(), now()
)
on conflict (id) do nothing;

insert into auth.identities (
  id, provider, provider_id, user_id, identity_data, last_sign_in_at, created_at, updated_at
)
values (
  '44444444-4444-4444-8444-444444444444', 'email', '33333333-3333-4333-8333-333333333333',
  '33333333-3333-4333-8333-333333333333',
  '{"sub": "33333333-3333-4333-8333-333333333333", "email": "customer@example.com", "email_verified": true}',
  now(), now(), now()
)
on conflict (provider, provider_id) do nothing;

-- Supabase's Auth looks for users of its only instance; @supabase/lite has no such column.
do $$
begin
  if exists (
    select from information_schema.columns
    where table_schema = 'auth' and table_name = 'users' and column_name = 'instance_id'
  ) then
    execute 'update auth.users set instance_id = ''00000000-0000-0000-0000-000000000000''
      where id = ''33333333-3333-4333-8333-333333333333''';
  end if;
end;
$$;

insert into public.service_requests (id, user_id, title, service_needed, criteria, location)
values (
  '11111111-1111-4111-8111-111111111111',
  '33333333-3333-4333-8333-333333333333',
  'Leaking kitchen tap',
  'plumber',
  'Licensed, can come this week, under 150 USD for the visit',
  'Greenville, SC'
)
on conflict (id) do nothing;

insert into public.providers (id, request_id, name, phone)
values
  ('22222222-2222-4222-8222-222222222221', '11111111-1111-4111-8111-111111111111', 'Blue Ridge Plumbing', '+15550100001'),
  ('22222222-2222-4222-8222-222222222222', '11111111-1111-4111-8111-111111111111', 'Swamp Rabbit Pipes', '+15550100002'),
  ('22222222-2222-4222-8222-222222222223', '11111111-1111-4111-8111-111111111111', 'Paris Mountain Drains', '+15550100003')
on conflict (id) do nothing;
