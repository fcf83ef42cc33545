import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const project = fileURLToPath(new URL("..", import.meta.url));

Deno.test("a test that fails shows what its stack logged, and no other does", async (test) => {
  const output = await run("suite");
  const logged = (callId: string) =>
    output.split("\n").filter((line) => line.startsWith("{") && JSON.parse(line).callId === callId);

  await test.step("a failed test shows the line of its request, once", () => {
    const [line, ...more] = logged("in-the-test-that-fails");
    const { function: name, status } = JSON.parse(line);
    assert.deepEqual([name, status, more], ["save-call-result", 200, []]);
    assert.match(output, /error: AssertionError: failed on purpose/);
  });

  await test.step("and the end of its Postgres' log", () => {
    const [, log] = /Postgres' log\n([^]*?)\n---\n/.exec(output)!;
    assert.match(log, /LOG: {2}database system is ready to accept connections/);
    assert(log.split("\n").length <= 16, log);
  });

  await test.step("a failed step shows the lines since it began, and its parents show none", () => {
    assert.equal(logged("in-the-step-that-fails").length, 1);
    for (const other of ["before-the-step-within", "after-the-step-within"]) {
      assert.deepEqual(logged(other), []);
    }
    assert.match(output, /STATEMENT: {2}select from no_such_table/);
    assert.equal(output.match(/what the functions logged/g)?.length, 2);
  });

  await test.step("what passes shows nothing", () => {
    for (
      const callId of ["in-the-test-that-passes", "in-its-step", "in-the-first-step"]
    ) assert.deepEqual(logged(callId), []);
  });
});

Deno.test("a test that is watched is reported as if it were not", async () => {
  const [alone, watched] = await Promise.all([run("declarations"), run("declarations", "watched")]);
  assert.match(alone, /FAILED \| 1 passed \(1 step\) \| 12 failed \(4 steps\)/);
  assert.match(watched, /watched 16/);
  assert.equal(watched.replaceAll(/watched \d+/g, "watched 0"), alone);
});

/** What `deno test` says of a file in which tests fail, without the times. */
async function run(name: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `tests/failure_logs/${name}.ts`, "--", ...args],
    cwd: project,
  }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.equal(code, 1, output);
  return stripVTControlCharacters(output).replaceAll(/\(\d+[mµ]?s\)/g, "");
}
