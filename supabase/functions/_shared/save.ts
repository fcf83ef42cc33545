import { dataApi, dataOf } from "./data_api.ts";
import type { Database } from "./database.types.ts";
import type { LogFields } from "./handler.ts";
import type { CallReport } from "./report.ts";

/** The outcome of saving one report, the report's ids, and the statuses as they now are in the database. */
export interface SavedCallResult {
  outcome: Database["public"]["Enums"]["save_outcome"];
  providerId: string;
  serviceRequestId: string;
  callId: string | null;
  callStatus: Database["public"]["Enums"]["call_status"];
  /** In the application's words. */
  requestStatus: string;
}

/**
 * Saves one report. When this returns, the provider's row, the log row and the request's status are
 * committed together.
 *
 * @throws {Problem} What the database says of the report, or `unavailable`, or `internal`.
 */
export async function saveReport(report: CallReport, log: LogFields): Promise<SavedCallResult> {
  log.providerId = report.provider_id;
  log.serviceRequestId = report.service_request_id;
  log.callId = report.call_id;
  log.reportedStatus = report.call_status;

  const data = await dataOf(dataApi().rpc("save_call_result", report));

  log.outcome = data.outcome;
  log.callStatus = data.call_status;
  log.requestStatus = data.request_status;
  return {
    outcome: data.outcome!,
    providerId: data.provider_id!,
    serviceRequestId: data.service_request_id!,
    callId: data.call_id,
    callStatus: data.call_status!,
    requestStatus: data.request_status!,
  };
}
