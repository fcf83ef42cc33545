-- What was saved before there were checks waits for one, too.
update private.calls c
set next_check_at = private.next_check_at(c, private.call_report(c.reports))
where private.next_check_at(c, private.call_report(c.reports)) is not null;
