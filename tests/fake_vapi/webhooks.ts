import type { Vapi } from "@vapi-ai/server-sdk";
import { type FakeCall, iso } from "./call.ts";

/** One try at delivering one server message. */
export interface Delivery {
  callId: string;
  message: Vapi.ServerMessageStatusUpdate | Vapi.ServerMessageEndOfCallReport;
  /** The HTTP status of the answer, 0 when there was none. */
  status: number;
}

/** The delays between the tries, in place of the seconds of a real `backoffPlan`. */
const retryDelay = 50;

/**
 * Sends a call's server messages when they are due, with the headers and the back-off of
 * `assistant.server`; nothing when the call names no server.
 */
export function sendWebhooks(
  call: FakeCall,
  deliveries: Delivery[],
  signal: AbortSignal,
): void {
  const server = call.request.assistant?.server;
  if (!server?.url) return;

  const send = (time: number, message: () => Delivery["message"]) => {
    if (time === Infinity) return;
    after(time - Date.now(), signal, () => deliver(call, server, message(), deliveries, signal));
  };
  const sendEnding = () => {
    send(call.times.ended, () => statusUpdate(call, "ended"));
    send(call.times.completed, () => endOfCallReport(call));
  };
  send(call.times.ringing, () => statusUpdate(call, "ringing"));
  send(call.times.answered, () => statusUpdate(call, "in-progress"));
  if (call.times.ended === Infinity) call.hungUp.then(sendEnding);
  else sendEnding();
}

function statusUpdate(
  call: FakeCall,
  status: Vapi.ServerMessageStatusUpdateStatus,
): Vapi.ServerMessageStatusUpdate {
  return {
    type: "status-update",
    status,
    timestamp: Date.now(),
    ...(status === "ended" && {
      endedReason: call.script.endedReason as Vapi.ServerMessageStatusUpdateEndedReason,
    }),
    call: staleCall(call),
    assistant: call.request.assistant,
    customer: call.request.customer,
  };
}

/** What Vapi reports of a call once it has completed it. */
export function endOfCallReport(call: FakeCall): Vapi.ServerMessageEndOfCallReport {
  const { answered, ended } = call.times;
  const { artifact = {}, analysis = {}, ...rest } = call.result();
  return {
    type: "end-of-call-report",
    endedReason: call.script.endedReason as Vapi.ServerMessageEndOfCallReportEndedReason,
    timestamp: Date.now(),
    ...(answered !== Infinity && { startedAt: iso(answered) }),
    endedAt: iso(ended),
    artifact,
    analysis,
    ...rest,
    call: staleCall(call),
    assistant: call.request.assistant,
    customer: call.request.customer,
  };
}

/** The call inside a message is the one of its creation, whatever happened since. */
function staleCall(call: FakeCall): Vapi.Call {
  return call.snapshot(call.createdAt);
}

async function deliver(
  call: FakeCall,
  server: Vapi.Server,
  message: Delivery["message"],
  deliveries: Delivery[],
  signal: AbortSignal,
  attempt = 0,
): Promise<void> {
  const status = await post(server, { message }, signal);
  deliveries.push({ callId: call.id, message, status });

  const delivered = status >= 200 && status < 300;
  const excluded = server.backoffPlan?.excludedStatusCodes?.map(Number).includes(status);
  if (delivered || excluded || attempt >= (server.backoffPlan?.maxRetries ?? 0)) return;
  after(
    retryDelay * 2 ** attempt,
    signal,
    () => deliver(call, server, message, deliveries, signal, attempt + 1),
  );
}

async function post(server: Vapi.Server, body: unknown, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(server.url ?? "", {
      method: "POST",
      headers: { "content-type": "application/json", ...server.headers as HeadersInit },
      body: JSON.stringify(body),
      signal,
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

function after(delay: number, signal: AbortSignal, action: () => Promise<void>): void {
  if (signal.aborted) return;
  const timer = setTimeout(action, Math.max(0, delay));
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}
