/** The three bodies that the original flow sends, as they are; each provider has calls of its own. */
export function originalBodies(providerId: string, serviceRequestId: string) {
  const callId = (call: number) => `019c5f00-aaaa-7000-800${call}-${providerId.slice(-12)}`;
  const provider = {
    name: "Blue Ridge Plumbing",
    phone: "+15550100001",
    service: "plumber",
    location: "Greenville, SC",
  };
  return {
    success: {
      providerId,
      serviceRequestId,
      callResult: {
        status: "completed",
        callId: callId(1),
        createdAt: "2026-11-22T10:00:00.000Z",
        startedAt: "2026-11-22T10:00:10.000Z",
        endedAt: "2026-11-22T10:02:40.000Z",
        duration: 2.5,
        endedReason: "customer-ended-call",
        cost: 0.21,
        transcript: "AI: Are you free on Friday?\nUser: Yes, at nine.\n",
        messages: [
          { role: "system", message: "You are a concierge." },
          { role: "bot", message: "Are you free on Friday?" },
          { role: "user", message: "Yes, at nine." },
          { role: "tool_calls", message: "" },
        ],
        recordingUrl: "https://storage.example.com/1.wav",
        analysis: {
          summary: "Free on Friday at nine.",
          structuredData: { available: true, rate: null, notes: "Sí, 95 € 👍" },
          successEvaluation: "true",
        },
        provider,
        request: { criteria: "Licensed", urgency: "this week" },
      },
    },
    timeout: {
      providerId,
      serviceRequestId,
      callResult: {
        status: "timeout",
        callId: callId(2),
        lastKnownStatus: "in-progress",
        message: "Call did not complete within 5 minutes",
        provider,
      },
    },
    error: {
      providerId,
      serviceRequestId,
      callResult: { status: "error", error: "Vapi refused the call: HTTP 400", provider },
    },
  };
}
