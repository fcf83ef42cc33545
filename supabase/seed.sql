-- One service request with three providers to try things on.
insert into public.service_requests (id, title, service_needed, criteria, location)
values (
  '11111111-1111-4111-8111-111111111111',
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
