-- Deliveries that could not be applied and wait to be corrected, oldest first. Correct the payload, or the row that it names: the
-- next run of reconcile-calls that is due applies it.
select r.id, r.received_at, r.source, r.code, r.issues, r.attempts, r.next_attempt_at, r.payload
from public.rejected_call_results r
where r.resolved_at is null
order by r.received_at
limit 100;
