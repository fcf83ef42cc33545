import assert from "node:assert/strict";
import { readConversation } from "../../supabase/functions/_shared/transcript.ts";

/** What is expected of a transcript: its turns, as `speaker | text`, and whether the other side is heard. */
export type TranscriptCase = [
  name: string,
  transcript: string,
  turns: string[],
  isHeard: boolean | undefined,
  names?: { assistantName?: string; userName?: string },
];

/** Asserts how transcripts are read. */
export function assertRead(cases: TranscriptCase[]) {
  const read = cases.map(([name, transcript, , , names]) => {
    const { turns, isHeard } = readConversation({ transcript, ...names });
    return [name, turns.map(({ speaker, text }) => `${speaker} | ${text}`), isHeard];
  });
  assert.deepEqual(read, cases.map(([name, , turns, isHeard]) => [name, turns, isHeard]));
}
