/** Who asks, in the order of the columns below. */
export const WHO = ["no key", "wrong key", "anon", "stranger", "owner", "backend"] as const;

/** yes; no: refused; nothing: answered, but there is nothing to see or to change. */
export type Decision = "yes" | "no" | "nothing";

/**
 * Who may do what over HTTP. What is not here is not decided on, and the test that walks the
 * catalogue fails: decide, add it here, and grant or revoke it in a migration.
 *
 * `anon` has the publishable key alone, `backend` the secret key; the stranger and the owner are
 * signed in, and the rows are the owner's.
 */
export const DECISIONS = decisions(`
                                   no key   wrong key  anon     stranger  owner    backend
  select service_requests          no       no         no       nothing   yes      yes
  insert service_requests          no       no         no       no        no       yes
  update service_requests          no       no         no       no        no       yes
  delete service_requests          no       no         no       no        no       yes
  select providers                 no       no         no       nothing   yes      yes
  insert providers                 no       no         no       no        no       yes
  update providers                 no       no         no       no        no       yes
  delete providers                 no       no         no       no        no       yes
  select interaction_logs          no       no         no       nothing   yes      yes
  insert interaction_logs          no       no         no       no        no       yes
  update interaction_logs          no       no         no       no        no       yes
  delete interaction_logs          no       no         no       no        no       yes
  select rejected_call_results     no       no         no       no        no       yes
  insert rejected_call_results     no       no         no       no        no       yes
  update rejected_call_results     no       no         no       no        no       yes
  delete rejected_call_results     no       no         no       no        no       yes
  select call_health               no       no         no       no        no       yes
  insert call_health               no       no         no       no        no       no
  update call_health               no       no         no       no        no       no
  delete call_health               no       no         no       no        no       no
  call save_call_result            no       no         no       no        no       yes
  call reject_call_result          no       no         no       no        no       yes
  call find_call                   no       no         no       no        no       yes
  call claim_due_call              no       no         no       no        no       yes
  call note_alive                  no       no         no       no        no       yes
  call stop_checking               no       no         no       no        no       yes
  call claim_rejected_call_result  no       no         no       no        no       yes
  call put_off_rejected_call_result  no     no         no       no        no       yes
  call wake_rejected_call_results  no       no         no       no        no       yes
  call claim_discovery             no       no         no       no        no       yes
  call release_discovery           no       no         no       no        no       yes
  call unknown_calls               no       no         no       no        no       yes
  call finish_reconcile_run        no       no         no       no        no       yes
  call claim_alerts                no       no         no       no        no       yes
  call release_alerts              no       no         no       no        no       yes
  private calls                    no       no         no       no        no       no
  private discovery                no       no         no       no        no       no
  private reconcile_runs           no       no         no       no        no       no
  post save-call-result            no       no         no       no        no       no
  post vapi-webhook                no       no         no       no        no       no
  post reconcile-calls             no       no         no       no        no       no
`);

/** The types of the Data API. They carry no rows: whoever reaches a column may use its type. */
export const TYPES = [
  "call_source",
  "call_status",
  "ending_evidence",
  "log_status",
  "request_status",
  "save_outcome",
  "saved_call_result",
];

function decisions(table: string): Record<string, Decision[]> {
  const [, ...lines] = table.trim().split("\n");
  return Object.fromEntries(lines.map((line) => {
    const [what, name, ...cells] = line.trim().split(/\s+/);
    return [`${what} ${name}`, cells as Decision[]];
  }));
}
