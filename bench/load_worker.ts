/** One process of clients: each saves one call after another until the time is over. */
import { callBodies } from "./calls.ts";
import type { Place } from "./rows.ts";
import { type Target, type Way, ways } from "./ways.ts";

/** What a worker is opened with. */
export interface Opening {
  way: Way;
  target: Target;
  places: Place[];
  clients: number;
}

const port = self as unknown as Worker;

port.onmessage = ({ data: { way, target, places, clients } }: MessageEvent<Opening>) => {
  const save = ways[way](target, clients);
  port.onmessage = async ({ data: milliseconds }: MessageEvent<number>) => {
    const latencies: number[] = [];
    const end = performance.now() + milliseconds;
    await Promise.all(Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        for (const body of callBodies(...places[Math.floor(Math.random() * places.length)])) {
          const began = performance.now();
          await save(body);
          latencies.push(performance.now() - began);
        }
      }
    }));
    port.postMessage(latencies);
  };
  port.postMessage("open");
};
