/* @ts-self-types="./mod.d.ts" */
export { loadTranscript } from "./transcript.js";
export { watchServiceRequest } from "./watch.js";
