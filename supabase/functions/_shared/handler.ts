import { discardBody, letGoOfBody } from "./body.ts";
import { type LogFields, loggable } from "./loggable.ts";
import { Problem } from "./problem.ts";

export type { LogFields } from "./loggable.ts";

/**
 * Wraps a handler so that every request is answered, errors as problem+json, and leaves one JSON
 * line in the log.
 */
export function handler(
  name: string,
  handle: (request: Request, log: LogFields) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const startedAt = performance.now();
    const log: LogFields = {};
    let response: Response;
    try {
      response = await handle(request, log);
    } catch (error) {
      const problem = problemFrom(error);
      response = problem.toResponse();
      log.outcome = problem.code;
      log.reason = problem.extra.reason;
      log.rejectedId = problem.rejectedId;
    } finally {
      letGoOfBody(request);
      await discardBody(request);
    }
    const ms = Math.round(performance.now() - startedAt);
    const line = JSON.stringify({ function: name, status: response.status, ms, ...loggable(log) });
    if (response.status >= 500) console.error(line);
    else console.log(line);
    return response;
  };
}

/** An error as the sender is told it. Of one that nobody expected: where and of which class, never the message, which could quote what was sent. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { name, stack = "" } = error instanceof Error ? error : new Error();
  const at = /[\w-]+\/[\w-]+\.[jt]s:\d+/.exec(stack.slice(stack.indexOf("\n")))?.[0];
  return new Problem("internal", "Something went wrong here. Try again.", {
    reason: at ? `${name} at ${at}` : name,
  });
}
