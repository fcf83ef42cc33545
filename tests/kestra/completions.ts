/**
 * What Vapi may say of calls once it has completed them, in the shapes that it was seen to use:
 * each in place of everything that the fake usually adds.
 */
const turns = [
  { role: "bot", message: "Can you come this week?", time: 1, secondsFromStart: 0.5 },
  { role: "user", message: "On Friday at nine.", time: 2, secondsFromStart: 3 },
];
const transcript = "AI: Can you come this week?\nUser: On Friday at nine.\n";
const words = { transcript, messages: turns };
const analysis = {
  summary: "They can come on Friday.",
  structuredData: { availability: "available", estimated_rate: "90 an hour" },
  successEvaluation: "true",
};
const recordingUrl = "https://storage.example/call.wav";
const output = (name: string, result: unknown) => ({ name, result });

/** Of calls that were answered. */
export const completions: Record<string, Record<string, unknown>> = {
  "everything at both levels": {
    ...words,
    recordingUrl,
    analysis,
    summary: analysis.summary,
    cost: 0.1834,
    costBreakdown: { total: 0.1834, transport: 0.01 },
    artifact: {
      ...words,
      recordingUrl,
      messagesOpenAIFormatted: [{ role: "user", content: "Hi" }],
    },
  },
  "everything in the artifact alone": { analysis, cost: 0.1, artifact: { ...words, recordingUrl } },
  "everything at the top alone": { ...words, analysis, cost: 0.1, recordingUrl },
  "empty structured data beside outputs": {
    cost: 0.1,
    analysis: { summary: "Friday.", structuredData: {} },
    artifact: { transcript, structuredOutputs: { i: output("Quote", { rate: 90 }) } },
  },
  "two outputs": {
    cost: 0.1,
    artifact: {
      transcript,
      structuredOutputs: {
        i: output("Quote", { rate: 90 }),
        j: output("Note", "They can come."),
      },
    },
  },
  "what the flow asks for": {
    cost: 0.1,
    artifact: {
      ...words,
      structuredOutputs: {
        a: output("provider_call", { availability: "available", recommended: false }),
        b: output("summary", "They can come."),
        c: output("success_evaluation", true),
      },
    },
  },
  "outputs in a list, of which some say little": {
    cost: 0.1,
    artifact: {
      transcript,
      structuredOutputs: [
        output("is_open", false),
        output("nothing", null),
        output("blank", ""),
        output("same", 1),
        output("same", 2),
      ],
    },
  },
  "outputs at the top, and none in the artifact": {
    cost: 0.1,
    transcript,
    structuredOutputs: { i: output("Quote", { rate: 90 }) },
    artifact: { structuredOutputs: {} },
  },
  "a recording that the artifact has as parts": {
    cost: 0.1,
    analysis,
    artifact: {
      ...words,
      recording: { mono: { combinedUrl: "https://storage.example/mono.wav" } },
    },
  },
  "a recording in stereo, at the top": {
    ...words,
    cost: 0.1,
    analysis,
    recordingUrl: "",
    recording: { stereoUrl: "https://storage.example/stereo.wav" },
  },
  "an empty artifact beside words at the top": {
    ...words,
    cost: 0.1,
    analysis,
    artifact: { transcript: "", messages: [], recordingUrl: "", structuredOutputs: {} },
  },
  "empty words at the top beside an artifact": {
    transcript: "",
    messages: [],
    summary: "",
    cost: 0.1,
    analysis,
    artifact: { ...words, recordingUrl },
  },
  "the cost in its breakdown": { ...words, analysis, cost: null, costBreakdown: { total: 0.07 } },
  "the cost in its parts": {
    ...words,
    analysis,
    cost: null,
    costs: [{ type: "voice", cost: 0.03 }, { type: "model", cost: 0.004, model: { model: "x" } }],
  },
  "null everywhere": {
    transcript: null,
    messages: null,
    recordingUrl: null,
    summary: null,
    analysis: null,
    artifact: null,
    costs: null,
    costBreakdown: null,
  },
  "no analysis, which took too long": { ...words, cost: 0.1, analysis: {}, artifact: words },
  "a summary without any words, after a voicemail": {
    endedReason: "voicemail",
    cost: 0.02,
    transcript: "",
    messages: [],
    analysis: { summary: "They talked about a campaign.", successEvaluation: "false" },
    artifact: { messages: [], transcript: "" },
  },
  "a silence after the greeting": {
    endedReason: "silence-timed-out",
    cost: 0.05,
    messages: [{ role: "system", message: "You are an assistant." }, turns[0]],
    transcript: "AI: Can you come this week?\n",
  },
  "a conversation in spite of an error": {
    endedReason: "assistant-not-found",
    cost: 0.3,
    ...words,
    analysis,
  },
  "a hang-up at the network": {
    endedReason: "call.in-progress.twilio-completed-call",
    cost: 0.1,
    artifact: words,
  },
  "every script and every sign": {
    cost: 0.1,
    transcript: 'AI: «Ærlig?» "yes"\nUser: 你好 😀 👨‍👩‍👧 {{ 1 + 1 }} \\ ${x}\n',
    analysis: { summary: "Ærlig 😀", structuredData: { "ключ": "å", list: [1, 2.5, null] } },
  },
  "placeholders": {
    cost: 0.1,
    transcript: "No transcript",
    messages: turns,
    analysis: { summary: "No summary", structuredData: {}, successEvaluation: "Not evaluated" },
  },
  "a verdict that is a number, and one that is a list of points": {
    ...words,
    cost: 0.1,
    analysis: { summary: "s", structuredData: { a: 1 }, successEvaluation: 7 },
    artifact: { structuredOutputs: { v: output("Success Evaluation", { polite: true }) } },
  },
  "words for OpenAI alone": {
    cost: 0.1,
    analysis,
    artifact: {
      messages: [],
      messagesOpenAIFormatted: [
        { role: "system", content: "You are an assistant." },
        { role: "assistant", content: "Can you come?" },
        { role: "user", content: [{ type: "text", text: "On Friday." }] },
      ],
    },
  },
  "other roles, and words that were filtered": {
    cost: 0.1,
    analysis,
    endedReason: "silence-timed-out",
    messages: [
      { role: "Assistant", message: "Can you come?" },
      { role: "customer", message: "", isFiltered: true },
      { role: "caller", message: "On Friday." },
    ],
  },
  "a transcript in turns": { cost: 0.1, analysis, transcript: turns },
  "numbers as text, and a wrong address": {
    ...words,
    cost: "0.25",
    recordingUrl: "storage/call.wav",
    analysis,
  },
};

/** Of calls that nobody answered, or that were not seen to be. */
export const unansweredCompletions: Record<
  string,
  { endedReason: string } & Record<string, unknown>
> = {
  "nobody answered, and all is empty": {
    endedReason: "customer-did-not-answer",
    startedAt: null,
    cost: 0,
    transcript: "",
    messages: [],
    analysis: {},
    artifact: { transcript: "", messages: [] },
  },
  "busy": { endedReason: "customer-busy", cost: 0 },
  "refused by the network": {
    endedReason: "call.in-progress.error-providerfault-outbound-sip-503-service-unavailable",
    cost: 0,
  },
  "the platform's fault": {
    endedReason: "call.in-progress.error-vapifault-worker-not-available",
    cost: 0,
    transcript: "",
    durationSeconds: 0,
  },
  "never connected, and found out late": {
    endedReason: "call.in-progress.twilio-completed-call",
    cost: 0,
    transcript: "",
    durationSeconds: null,
  },
  "answered, and only the seconds say so": {
    endedReason: "customer-ended-call",
    cost: 0.1,
    durationSeconds: 41.5,
    ...words,
  },
};
