/** Told of each test and step of a file as it begins; what it returns is told how that ended. */
export type TestWatch = () => (failed: boolean) => void | Promise<void>;

type TestFunction = (context: Deno.TestContext) => void | Promise<void>;
type Definition = { name?: string; fn?: TestFunction };
type Registration = (...args: never[]) => void;

/** A library that calls `Deno.test` for others says so where the test is (Deno 2.9, 40_test.js). */
const LOCATION = Symbol.for("Deno.test.location");

/**
 * Watches the tests that are declared from now on, but for those of `Deno.test.each`. Deno's own
 * hooks do not know what failed.
 */
export function watchTests(watch: TestWatch): void {
  const { test } = Deno;
  const { ignore, only } = test;
  const watchedTest = Object.assign(watchedRegistration(test, watch), test, {
    ignore: Object.assign(watchedRegistration(ignore, watch), ignore),
    only: Object.assign(watchedRegistration(only, watch), only),
  });
  Object.assign(Deno, { test: watchedTest });
}

function watchedRegistration<Register extends Registration>(register: Register, watch: TestWatch) {
  function test(...args: (string | TestFunction | Definition)[]) {
    const at = callSite(test);
    const location = at && { [LOCATION]: `${at.fileName}:${at.lineNumber}:${at.columnNumber}` };
    const watchedHere = (fn: TestFunction) => Object.assign(watched(fn, watch), location);
    const watchedArgs = args.map((arg) => {
      if (typeof arg === "function") return watchedHere(arg);
      return typeof arg === "object" && arg.fn ? { ...arg, fn: watchedHere(arg.fn) } : arg;
    });
    register(...watchedArgs as Parameters<Register>);
  }
  return test as unknown as Register;
}

/** Calls the function from a microtask: no stack trace of its errors shows that it is watched. */
function watched(fn: TestFunction, watch: TestWatch): TestFunction {
  const run: TestFunction = (context) => {
    const ended = watch();
    return Promise.resolve({ ...context, step: watchedStep(context, watch) }).then(fn).then(
      () => ended(false),
      async (error) => {
        await ended(true);
        throw error;
      },
    );
  };
  return Object.defineProperty(run, "name", { value: fn.name });
}

function watchedStep(context: Deno.TestContext, watch: TestWatch): Deno.TestContext["step"] {
  return function step(given: string | TestFunction | Deno.TestStepDefinition, fn?: TestFunction) {
    const at = callSite(step);
    const definition = typeof given === "object"
      ? given
      : typeof given === "string"
      ? { name: given, fn: fn! }
      : { name: given.name, fn: given };
    const watchedDefinition = { ...definition, fn: watched(definition.fn, watch) };
    // Deno would set it to the line below.
    if (at) Object.defineProperty(watchedDefinition, "location", { get: () => at, set() {} });
    return context.step(watchedDefinition);
  };
}

/** Where a function was called. */
// deno-lint-ignore ban-types
function callSite(called: Function) {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, called);
  const frame = /(file:.*):(\d+):(\d+)/.exec(trace.stack!.split("\n")[1]);
  return frame && {
    fileName: frame[1],
    lineNumber: Number(frame[2]),
    columnNumber: Number(frame[3]),
  };
}
