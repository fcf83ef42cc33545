import { answered, type CallScript, unanswered, voicemail } from "../tests/fake_vapi/mod.ts";

/** The request of the seed. */
export const REQUEST = "11111111-1111-4111-8111-111111111111";

/** A call to a provider of the seed. */
interface DemoCall {
  providerId: string;
  name: string;
  number: string;
  /** Milliseconds after the call before it. */
  placedAfter: number;
  script: CallScript;
}

/** A conversation, a voicemail, and a call that nobody answers. */
export const CALLS: DemoCall[] = [
  {
    providerId: "22222222-2222-4222-8222-222222222221",
    name: "Blue Ridge Plumbing",
    number: "+15550100001",
    placedAfter: 0,
    script: answered({
      ringsAfter: 1000,
      answeredAfter: 3000,
      endsAfter: 11_000,
      artifactAfter: 2000,
      turns: [
        {
          role: "bot",
          message:
            "Good morning. I am calling for a customer with a leaking kitchen tap. Could somebody come this week?",
        },
        { role: "user", message: "Sure. What part of town is that?" },
        { role: "bot", message: "Greenville, near the park. It drips from the base of the spout." },
        {
          role: "user",
          message:
            "Sounds like a cartridge. I have Thursday at ten. The visit is 120 dollars, parts extra.",
        },
        { role: "bot", message: "And you are licensed in South Carolina?" },
        { role: "user", message: "Yes, fully licensed and insured." },
        { role: "bot", message: "Thank you. I will pass that on, and the customer will confirm." },
      ],
      analysis: {
        summary:
          "They can come on Thursday at ten. The visit costs 120 USD, parts extra. They are licensed and insured.",
        structuredData: {
          available: "Thursday at 10:00",
          price: 120,
          currency: "USD",
          licensed: true,
        },
        successEvaluation: "true",
      },
    }),
  },
  {
    providerId: "22222222-2222-4222-8222-222222222222",
    name: "Swamp Rabbit Pipes",
    number: "+15550100002",
    placedAfter: 3000,
    script: voicemail({
      ringsAfter: 1000,
      answeredAfter: 5000,
      endsAfter: 4000,
      artifactAfter: 2000,
      analysis: { summary: "Their voicemail answered; no message was left." },
    }),
  },
  {
    providerId: "22222222-2222-4222-8222-222222222223",
    name: "Paris Mountain Drains",
    number: "+15550100003",
    placedAfter: 3000,
    script: unanswered(undefined, { ringsAfter: 1000, endsAfter: 16_000, artifactAfter: 2000 }),
  },
];
