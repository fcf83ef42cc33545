/** Server messages as Vapi sends them, with what the types do not say: a stale call inside. */

/** What identifies a call, and ties it to our rows. */
export interface Placed {
  callId: string;
  providerId: string;
  serviceRequestId: string;
}

const CREATED_AT = "2026-08-20T10:00:00.000Z";

/** The call inside a message: as it was when it was created. */
export function staleCall({ callId, providerId, serviceRequestId }: Placed) {
  return {
    id: callId,
    orgId: "org",
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    type: "outboundPhoneCall",
    status: "queued",
    customer: { number: "+15550101212", name: "Test Plumbing" },
    phoneNumber: { number: "+15550109999", twilioAuthToken: "twilio-secret" },
    assistantOverrides: { metadata: { providerId, serviceRequestId, kestraExecutionId: "run-1" } },
  };
}

/** A `status-update`; `endedReason` goes with `ended`. */
export function statusUpdate(placed: Placed, status: string, endedReason?: string) {
  return {
    message: {
      timestamp: 1787220010000,
      type: "status-update",
      status,
      endedReason,
      artifact: { messages: [], messagesOpenAIFormatted: [] },
      call: staleCall(placed),
    },
  };
}

/** An `end-of-call-report` of a conversation; `changes` are made at message level. */
export function endOfCallReport(placed: Placed, changes: Record<string, unknown> = {}) {
  return {
    message: {
      timestamp: 1787220090000,
      type: "end-of-call-report",
      endedReason: "customer-ended-call",
      startedAt: "2026-08-20T10:00:20.000Z",
      endedAt: "2026-08-20T10:01:20.000Z",
      cost: 0.0931,
      costs: [],
      analysis: {
        summary: "They can come tomorrow at nine.",
        structuredData: { availability: "tomorrow", estimated_rate: "95 €" },
        successEvaluation: "true",
      },
      artifact: {
        transcript: "AI: Hello?\nUser: Sí, mañana a las 9 👍\n",
        messages: [
          { role: "system", message: "You are a concierge: the whole prompt.", time: 1 },
          { role: "bot", message: "Hello?", time: 2, secondsFromStart: 1.2 },
          { role: "user", message: "Sí, mañana a las 9 👍", time: 3 },
        ],
        recording: { mono: { combinedUrl: "https://storage.example.com/mono.wav?sig=1" } },
      },
      call: staleCall(placed),
      customer: { number: "+15550101212" },
      ...changes,
    },
  };
}
