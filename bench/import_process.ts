/** Prints how many milliseconds it takes to import a module in a fresh process. */
const began = performance.now();
await import(Deno.args[0]);
console.log(performance.now() - began);
